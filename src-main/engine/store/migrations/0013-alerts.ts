/** The rhythm of each source by half-hours, sources that are silent, settings of the agent, and what people are to be told. */
export const alerts = /* sql */ `
CREATE TABLE agent_setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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
INSERT INTO source_slot_mark VALUES (1, 0);

CREATE TABLE silence (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  since INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  usual_today INTEGER NOT NULL
) STRICT;

CREATE TABLE alert_cause (
  cause TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL,
  told_at INTEGER,
  gone_at INTEGER
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
CREATE INDEX alert_open ON alert (due_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX alert_sent ON alert (sent_at) WHERE sent_at IS NOT NULL;
`;
