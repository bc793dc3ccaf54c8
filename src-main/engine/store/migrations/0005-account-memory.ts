/** What CRMs said about their accounts, for a run that continues a killed one (see the port). */
export const accountMemory = /* sql */ `
CREATE TABLE account_memory (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  request TEXT NOT NULL,
  session_id INTEGER NOT NULL,
  answered_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (integration_id, request)
) STRICT, WITHOUT ROWID;
`;
