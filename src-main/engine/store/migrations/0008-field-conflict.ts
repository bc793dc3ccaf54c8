/**
 * Fields of ours that somebody changed in the CRM, and what people decided about them. One that changes again becomes
 * another row: a decision is about what was shown.
 */
export const fieldConflict = /* sql */ `
CREATE TABLE field_conflict (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  field TEXT NOT NULL,
  ours TEXT NOT NULL,
  theirs TEXT,
  edited_at INTEGER,
  edited_by TEXT,
  seen_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'kept_theirs', 'used_ours', 'passed')),
  settled_at INTEGER,
  settled_by TEXT,
  note TEXT,
  applied_at INTEGER,
  CHECK (state NOT IN ('kept_theirs', 'used_ours') OR settled_by IS NOT NULL)
) STRICT;
CREATE INDEX field_conflict_delivery ON field_conflict (delivery_id, field);
CREATE UNIQUE INDEX field_conflict_open ON field_conflict (integration_id, delivery_id, field) WHERE state = 'open';
`;
