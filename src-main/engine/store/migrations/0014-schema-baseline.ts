/** What a CRM told of its fields when the field contract was made: what changed since can be told. */
export const schemaBaseline = /* sql */ `
CREATE TABLE crm_schema_baseline (
  integration_id INTEGER PRIMARY KEY REFERENCES integration (id),
  objects TEXT NOT NULL,
  taken_at INTEGER NOT NULL
) STRICT;
`;
