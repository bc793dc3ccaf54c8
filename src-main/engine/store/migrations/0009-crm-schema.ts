/** What each CRM said last of the objects that calls are written to: what it would refuse is known without asking. */
export const crmSchema = /* sql */ `
CREATE TABLE crm_schema (
  integration_id INTEGER PRIMARY KEY REFERENCES integration (id),
  objects TEXT NOT NULL,
  read_at INTEGER NOT NULL
) STRICT;
`;
