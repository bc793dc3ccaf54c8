CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit
  WHEN OLD.id > coalesce((SELECT dropped_through FROM audit_head), 0)
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_payload_is_append_only BEFORE UPDATE ON audit_payload
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_seal_is_final
  BEFORE UPDATE OF id, day, first_id, last_id, entry_count, last_hash, is_keyed, hash, sealed_at ON audit_seal
  BEGIN SELECT RAISE (ABORT, 'seals of the audit log stay'); END;

CREATE TRIGGER audit_seal_stays BEFORE DELETE ON audit_seal
  BEGIN SELECT RAISE (ABORT, 'seals of the audit log stay'); END;

CREATE TABLE account_memory (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  request TEXT NOT NULL,
  session_id INTEGER NOT NULL,
  answered_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (integration_id, request)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook')),
  kind TEXT NOT NULL CHECK (kind IN ('causes', 'digest', 'test')),
  content TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER,
  given_up_at INTEGER,
  problem TEXT
) STRICT;

CREATE TABLE alert_cause (
  cause TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL,
  told_at INTEGER,
  gone_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  session_id INTEGER REFERENCES engine_session (id),
  steps TEXT NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  payload_hash TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  answered_at INTEGER,
  outcome TEXT CHECK (outcome IN ('answered', 'lost', 'never_left')),
  status INTEGER,
  correlation_id TEXT
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  tenant TEXT,
  call_id INTEGER,
  delivery_id INTEGER,
  integration_id INTEGER,
  operation TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  code TEXT,
  reason TEXT,
  next_retry_at INTEGER,
  is_keyed INTEGER NOT NULL CHECK (is_keyed IN (0, 1)),
  digest BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE audit_fts USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = "unicode61 tokenchars '+'", detail = full
);

CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_id INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  is_keyed INTEGER NOT NULL CHECK (is_keyed IN (0, 1)),
  mark BLOB NOT NULL,
  dropped_through INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_payload (
  audit_id INTEGER PRIMARY KEY,
  salt TEXT NOT NULL,
  summary TEXT NOT NULL,
  terms TEXT NOT NULL,
  payload TEXT
) STRICT;

CREATE TABLE audit_seal (
  id INTEGER PRIMARY KEY,
  day INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  entry_count INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  is_keyed INTEGER NOT NULL CHECK (is_keyed IN (0, 1)),
  hash BLOB NOT NULL,
  sealed_at INTEGER NOT NULL,
  dropped_at INTEGER
) STRICT;

CREATE TABLE budget_entry (
  id INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  cost TEXT NOT NULL,
  lane INTEGER NOT NULL,
  reserved_at INTEGER NOT NULL,
  answered_at INTEGER,
  session_id INTEGER NOT NULL
) STRICT;

CREATE TABLE budget_hour (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  window TEXT NOT NULL,
  hour INTEGER NOT NULL,
  units REAL NOT NULL,
  PRIMARY KEY (integration_id, window, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget_word (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  window TEXT NOT NULL,
  day INTEGER NOT NULL,
  unit_limit REAL,
  others REAL NOT NULL,
  heard_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, window, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  phone_system_id INTEGER NOT NULL REFERENCES phone_system (id),
  start_day INTEGER NOT NULL,
  log_key TEXT NOT NULL,
  node TEXT NOT NULL,
  key_started_at INTEGER NOT NULL,
  log_id TEXT,
  direction TEXT NOT NULL,
  status TEXT NOT NULL,
  from_party TEXT,
  to_party TEXT,
  started_at INTEGER NOT NULL,
  started_at_precision TEXT NOT NULL,
  started_at_alternatives TEXT,
  duration_seconds INTEGER NOT NULL,
  agent TEXT,
  leg_count INTEGER NOT NULL,
  excluded TEXT,
  settles_at INTEGER,
  revision INTEGER NOT NULL,
  reading_id INTEGER NOT NULL REFERENCES reading (id),
  read_at INTEGER NOT NULL,
  legs TEXT NOT NULL
) STRICT;

CREATE TABLE call_revision (
  call_id INTEGER NOT NULL REFERENCES call (id),
  revision INTEGER NOT NULL,
  record TEXT NOT NULL,
  excluded TEXT,
  legs TEXT NOT NULL,
  reading_id INTEGER NOT NULL REFERENCES reading (id),
  replaced_at INTEGER NOT NULL,
  PRIMARY KEY (call_id, revision)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE crm_check_finding (
  check_id INTEGER NOT NULL REFERENCES crm_check (id),
  delivery_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('gone', 'edited', 'copies', 'moved')),
  detail TEXT NOT NULL,
  remote_ids TEXT NOT NULL,
  PRIMARY KEY (check_id, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE crm_check_sample (
  check_id INTEGER NOT NULL REFERENCES crm_check (id),
  place INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  PRIMARY KEY (check_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE crm_schema (
  integration_id INTEGER PRIMARY KEY REFERENCES integration (id),
  objects TEXT NOT NULL,
  read_at INTEGER NOT NULL
) STRICT;

CREATE TABLE crm_schema_baseline (
  integration_id INTEGER PRIMARY KEY REFERENCES integration (id),
  objects TEXT NOT NULL,
  taken_at INTEGER NOT NULL
) STRICT;

CREATE TABLE dead_run (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('replay', 'heal', 'acknowledge', 'undo')),
  target TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  ended_at INTEGER,
  from_state TEXT NOT NULL CHECK (from_state IN ('dead', 'acknowledged')),
  delivery_id INTEGER,
  integration_id INTEGER,
  reason TEXT,
  cause_key TEXT,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  undoes INTEGER REFERENCES dead_run (id),
  cursor_since INTEGER NOT NULL,
  cursor_id INTEGER NOT NULL,
  moved INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  call_id INTEGER NOT NULL REFERENCES call (id),
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'waiting', 'sending', 'uncertain', 'delivered', 'dead', 'acknowledged')),
  lane INTEGER NOT NULL CHECK (lane BETWEEN 0 AND 3),
  due_at INTEGER NOT NULL,
  wait_why TEXT,
  give_up_at INTEGER,
  next_probe_at INTEGER,
  wanted_revision INTEGER NOT NULL,
  last_attempt_revision INTEGER,
  sent_revision INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  first_attempt_at INTEGER,
  last_sent_at INTEGER,
  rescues INTEGER NOT NULL DEFAULT 0,
  missing_reads INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  cause_key TEXT,
  detail TEXT,
  remote_id TEXT,
  delivered_at INTEGER,
  note TEXT,
  session_id INTEGER REFERENCES engine_session (id),
  state_since INTEGER NOT NULL, dead_run_id INTEGER,
  CHECK ((state = 'waiting') = (wait_why IS NOT NULL)),
  CHECK (state <> 'dead' OR reason IS NOT NULL)
) STRICT;

CREATE TABLE delivery_match (
  delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
  number TEXT NOT NULL,
  object TEXT,
  person_id TEXT,
  name TEXT,
  also TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,
  candidates TEXT NOT NULL,
  matched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery_tally (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  state TEXT NOT NULL,
  lane INTEGER NOT NULL,
  wait_why TEXT NOT NULL,
  delivery_count INTEGER NOT NULL,
  PRIMARY KEY (integration_id, state, lane, wait_why)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_written (
  delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
  steps TEXT NOT NULL,
  fields TEXT NOT NULL,
  pushed_at INTEGER,
  earlier TEXT NOT NULL
) STRICT;

CREATE TABLE engine_session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

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

CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  phone_system_id INTEGER NOT NULL REFERENCES phone_system (id),
  path TEXT NOT NULL,
  file_id TEXT,
  format TEXT NOT NULL,
  "offset" INTEGER NOT NULL,
  line INTEGER NOT NULL,
  size INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  tail_hash TEXT NOT NULL,
  reader_state TEXT NOT NULL,
  finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
  content_hash TEXT
) STRICT;

CREATE TABLE group_trial (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  reason TEXT NOT NULL,
  cause_key TEXT NOT NULL,
  delivery_id INTEGER,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, reason, cause_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE integration (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  crm TEXT NOT NULL CHECK (crm IN ('salesforce', 'hubspot', 'zoho', 'pipedrive')),
  label TEXT NOT NULL,
  base_url TEXT,
  account_id TEXT,
  account TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'blocked')),
  blocked_reason TEXT,
  rest_until INTEGER,
  secret TEXT NOT NULL,
  unknown_caller TEXT NOT NULL CHECK (unknown_caller IN ('hold', 'log', 'contact', 'lead')),
  since INTEGER,
  contract TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
, blocked_detail TEXT) STRICT;

CREATE TABLE lane_slot (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  slot INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  PRIMARY KEY (integration_id, slot, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity TEXT NOT NULL
) STRICT;

CREATE TABLE match_correction (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  rule_id INTEGER REFERENCES match_rule (id),
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  match_before TEXT,
  undone_at INTEGER
) STRICT;

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

CREATE TABLE mirror_deal_link (
  integration_id INTEGER NOT NULL,
  object TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  deal_id INTEGER NOT NULL REFERENCES mirror_record (id) ON DELETE CASCADE,
  PRIMARY KEY (integration_id, object, remote_id, deal_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE mirror_phone (
  integration_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  is_national INTEGER NOT NULL CHECK (is_national IN (0, 1)),
  record_id INTEGER NOT NULL REFERENCES mirror_record (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  typed TEXT NOT NULL,
  PRIMARY KEY (integration_id, number, is_national, record_id, field)
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

CREATE TABLE phone (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE
) STRICT;

CREATE VIRTUAL TABLE phone_fts USING fts5 (
  number, content = 'phone', content_rowid = 'id', tokenize = 'trigram', detail = none
);

CREATE TABLE phone_system (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (tenant_id, name)
) STRICT;

CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES file (id),
  source_id INTEGER REFERENCES source (id),
  format TEXT NOT NULL,
  lane INTEGER NOT NULL CHECK (lane BETWEEN 0 AND 3),
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  error TEXT,
  row_count INTEGER NOT NULL DEFAULT 0,
  leg_count INTEGER NOT NULL DEFAULT 0,
  call_count INTEGER NOT NULL DEFAULT 0,
  revised_count INTEGER NOT NULL DEFAULT 0,
  delivery_count INTEGER NOT NULL DEFAULT 0,
  first_call_id INTEGER,
  last_call_id INTEGER
) STRICT;

CREATE TABLE reading_skip (
  reading_id INTEGER NOT NULL REFERENCES reading (id),
  reason TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  PRIMARY KEY (reading_id, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  answer TEXT NOT NULL
) STRICT;

CREATE TABLE silence (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  since INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  usual_today INTEGER NOT NULL
) STRICT;

CREATE TABLE skipped_row (
  id INTEGER PRIMARY KEY,
  reading_id INTEGER NOT NULL REFERENCES reading (id),
  file TEXT,
  line INTEGER,
  reason TEXT NOT NULL,
  detail TEXT
) STRICT;

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  phone_system_id INTEGER NOT NULL REFERENCES phone_system (id),
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  settings TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

CREATE TABLE source_file (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  path TEXT NOT NULL,
  file_id TEXT,
  size INTEGER NOT NULL,
  modified_at REAL NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('read', 'refused', 'failed')),
  problem TEXT,
  noted_at INTEGER NOT NULL
) STRICT;

CREATE TABLE source_slot (
  source_id INTEGER NOT NULL REFERENCES source (id),
  slot INTEGER NOT NULL,
  call_count INTEGER NOT NULL,
  live_count INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (source_id, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_slot_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_call_id INTEGER NOT NULL
) STRICT;

CREATE TABLE source_state (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  state TEXT NOT NULL CHECK (state IN ('watched', 'missing', 'unreadable', 'refused')),
  problem TEXT,
  since INTEGER NOT NULL
) STRICT;

CREATE TABLE store_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  is_clean INTEGER NOT NULL CHECK (is_clean IN (0, 1))
) STRICT;

CREATE TABLE tenant (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX alert_open ON alert (due_at) WHERE sent_at IS NULL AND given_up_at IS NULL;

CREATE INDEX alert_sent ON alert (sent_at) WHERE sent_at IS NOT NULL;

CREATE INDEX attempt_delivery ON attempt (delivery_id);

CREATE INDEX audit_call ON audit (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX audit_erasure ON audit (id) WHERE operation = 'audit.erase';

CREATE INDEX budget_entry_integration ON budget_entry (integration_id);

CREATE UNIQUE INDEX call_identity ON call (phone_system_id, start_day, log_key, node);

CREATE INDEX call_log_id ON call (start_day, log_id) WHERE log_id > '';

CREATE INDEX call_other_party ON call (start_day, (CASE direction WHEN 'inbound' THEN from_party ELSE to_party END));

CREATE INDEX crm_check_asked ON crm_check (integration_id, kind, asked_at);

CREATE INDEX crm_check_ended ON crm_check (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX crm_check_open ON crm_check (integration_id, id) WHERE ended_at IS NULL;

CREATE INDEX dead_run_open ON dead_run (id) WHERE ended_at IS NULL;

CREATE INDEX dead_run_target ON dead_run (target, id);

CREATE INDEX dead_run_undoes ON dead_run (undoes) WHERE undoes IS NOT NULL;

CREATE INDEX delivery_acknowledged ON delivery (state_since) WHERE state = 'acknowledged';

CREATE UNIQUE INDEX delivery_call ON delivery (call_id, integration_id);

CREATE INDEX delivery_dead ON delivery (integration_id, reason, cause_key, state_since) WHERE state = 'dead';

CREATE INDEX delivery_dead_run ON delivery (dead_run_id, state) WHERE dead_run_id IS NOT NULL;

CREATE INDEX delivery_due ON delivery (integration_id, lane, due_at, id) WHERE state = 'queued';

CREATE INDEX delivery_sending ON delivery (integration_id) WHERE state = 'sending';

CREATE INDEX delivery_uncertain ON delivery (integration_id, next_probe_at) WHERE state = 'uncertain';

CREATE INDEX delivery_waiting ON delivery (integration_id, wait_why, due_at, id) WHERE state = 'waiting';

CREATE INDEX field_conflict_delivery ON field_conflict (delivery_id, field);

CREATE UNIQUE INDEX field_conflict_open ON field_conflict (integration_id, delivery_id, field) WHERE state = 'open';

CREATE INDEX file_content ON file (phone_system_id, content_hash) WHERE content_hash IS NOT NULL;

CREATE INDEX file_head ON file (phone_system_id, head_hash);

CREATE INDEX file_identity ON file (phone_system_id, file_id) WHERE file_id IS NOT NULL;

CREATE INDEX file_path ON file (phone_system_id, path);

CREATE UNIQUE INDEX integration_account ON integration (tenant_id, crm, account_id)
  WHERE removed_at IS NULL AND account_id IS NOT NULL;

CREATE INDEX match_correction_delivery ON match_correction (delivery_id);

CREATE INDEX match_correction_rule ON match_correction (rule_id) WHERE rule_id IS NOT NULL;

CREATE UNIQUE INDEX match_rule_number ON match_rule (integration_id, number) WHERE ended_at IS NULL;

CREATE INDEX mirror_deal_link_deal ON mirror_deal_link (deal_id);

CREATE INDEX mirror_phone_record ON mirror_phone (record_id);

CREATE UNIQUE INDEX mirror_record_identity ON mirror_record (integration_id, object, remote_id);

CREATE INDEX reading_started ON reading (started_at);

CREATE INDEX skipped_row_reading ON skipped_row (reading_id);

CREATE UNIQUE INDEX source_file_path ON source_file (source_id, path);

CREATE INDEX source_file_problem ON source_file (source_id, id) WHERE problem IS NOT NULL;
