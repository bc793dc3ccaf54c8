/** Tells ledgers on one computer apart, where what is outside of them is named by integration: the keychain. */
export const ledgerIdentity = /* sql */ `
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity TEXT NOT NULL
) STRICT;
INSERT INTO ledger VALUES (1, lower(hex(randomblob(16))));
`;
