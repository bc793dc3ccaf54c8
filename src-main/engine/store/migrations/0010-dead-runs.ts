/**
 * What was done with dead letters, step by step and never forgotten, and which groups are tried again to see whether their
 * cause is gone. `dead_run_id` of a delivery: the run that moved it last.
 */
export const deadRuns = /* sql */ `
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
CREATE INDEX dead_run_open ON dead_run (id) WHERE ended_at IS NULL;
CREATE INDEX dead_run_target ON dead_run (target, id);
CREATE INDEX dead_run_undoes ON dead_run (undoes) WHERE undoes IS NOT NULL;

ALTER TABLE delivery ADD COLUMN dead_run_id INTEGER;
CREATE INDEX delivery_dead_run ON delivery (dead_run_id, state) WHERE dead_run_id IS NOT NULL;

CREATE TABLE group_trial (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  reason TEXT NOT NULL,
  cause_key TEXT NOT NULL,
  delivery_id INTEGER,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, reason, cause_key)
) STRICT, WITHOUT ROWID;
`;
