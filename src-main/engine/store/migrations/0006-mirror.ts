/**
 * The copy of each CRM's people, companies, open deals and owners, with the keys of their numbers; what people said about
 * matches; and a ledger of created people that tells the accounts of one CRM apart (the first one was never written to).
 */
export const mirror = /* sql */ `
CREATE TABLE mirror (
  integration_id INTEGER PRIMARY KEY REFERENCES integration (id),
  begun_at_server INTEGER NOT NULL,
  round_started_at INTEGER,
  fresh_as_of INTEGER,
  loaded_at INTEGER,
  reading INTEGER NOT NULL,
  round_reading INTEGER NOT NULL,
  numbers_changed INTEGER NOT NULL CHECK (numbers_changed IN (0, 1))
) STRICT;

CREATE TABLE mirror_step (
  integration_id INTEGER NOT NULL REFERENCES mirror (integration_id),
  step TEXT NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  page TEXT,
  mark TEXT,
  reading INTEGER NOT NULL,
  opened_at_server INTEGER NOT NULL,
  done_at INTEGER,
  done_as_of_server INTEGER,
  PRIMARY KEY (integration_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_record (
  id INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES mirror (integration_id),
  kind TEXT NOT NULL CHECK (kind IN ('person', 'company', 'deal')),
  object TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_id TEXT,
  links TEXT NOT NULL,
  phones TEXT NOT NULL,
  last_activity_at INTEGER,
  reading INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mirror_record_identity ON mirror_record (integration_id, object, remote_id);

-- number: digits as an integer, so that the key is small and compared at once.
CREATE TABLE mirror_phone (
  integration_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  is_national INTEGER NOT NULL CHECK (is_national IN (0, 1)),
  record_id INTEGER NOT NULL REFERENCES mirror_record (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  typed TEXT NOT NULL,
  PRIMARY KEY (integration_id, number, is_national, record_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_phone_record ON mirror_phone (record_id);

CREATE TABLE mirror_deal_link (
  integration_id INTEGER NOT NULL,
  object TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  deal_id INTEGER NOT NULL REFERENCES mirror_record (id) ON DELETE CASCADE,
  PRIMARY KEY (integration_id, object, remote_id, deal_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_deal_link_deal ON mirror_deal_link (deal_id);

CREATE TABLE mirror_gone (
  integration_id INTEGER NOT NULL REFERENCES mirror (integration_id),
  object TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  into_object TEXT,
  into_id TEXT,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, object, remote_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_owner (
  integration_id INTEGER NOT NULL REFERENCES mirror (integration_id),
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  PRIMARY KEY (integration_id, owner_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_number (
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  number TEXT NOT NULL,
  calls INTEGER NOT NULL,
  is_own INTEGER CHECK (is_own IN (0, 1)),
  PRIMARY KEY (tenant_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_number_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_call_id INTEGER NOT NULL
) STRICT;
INSERT INTO own_number_mark VALUES (1, 0);

CREATE TABLE match_rule (
  id INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  number TEXT NOT NULL,
  object TEXT NOT NULL,
  person_id TEXT NOT NULL,
  name TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX match_rule_number ON match_rule (integration_id, number) WHERE ended_at IS NULL;

CREATE TABLE match_correction (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  rule_id INTEGER REFERENCES match_rule (id),
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  match_before TEXT,
  undone_at INTEGER
) STRICT;
CREATE INDEX match_correction_delivery ON match_correction (delivery_id);
CREATE INDEX match_correction_rule ON match_correction (rule_id) WHERE rule_id IS NOT NULL;

DROP TABLE person_ledger;
CREATE TABLE person_ledger (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  crm TEXT NOT NULL,
  account_id TEXT NOT NULL,
  number TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  missing_reads INTEGER NOT NULL,
  object TEXT,
  person_id TEXT,
  settled_at INTEGER,
  UNIQUE (tenant_id, crm, account_id, number)
) STRICT;
`;
