/** Looks into the CRMs: samples that are read back, and audits for copies, with what they found. */
export const crmChecks = /* sql */ `
CREATE TABLE crm_check (
  id INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  kind TEXT NOT NULL CHECK (kind IN ('read_back', 'copies')),
  asked_at INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  ended_at INTEGER,
  trouble TEXT,
  cursor INTEGER NOT NULL,
  checked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX crm_check_open ON crm_check (integration_id, id) WHERE ended_at IS NULL;
CREATE INDEX crm_check_asked ON crm_check (integration_id, kind, asked_at);
CREATE INDEX crm_check_ended ON crm_check (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE crm_check_sample (
  check_id INTEGER NOT NULL REFERENCES crm_check (id),
  place INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  PRIMARY KEY (check_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE crm_check_finding (
  check_id INTEGER NOT NULL REFERENCES crm_check (id),
  delivery_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('gone', 'edited', 'copies', 'moved')),
  detail TEXT NOT NULL,
  remote_ids TEXT NOT NULL,
  PRIMARY KEY (check_id, delivery_id)
) STRICT, WITHOUT ROWID;
`;
