/**
 * What the watch remembers of its folders: how each one stands, and which of its files were dealt with and came to what,
 * so that a start does not open ten thousand files to find out that none has changed. Paths are below the folder.
 */
export const sourceMemory = /* sql */ `
CREATE TABLE source_state (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  state TEXT NOT NULL CHECK (state IN ('watched', 'missing', 'unreadable', 'refused')),
  problem TEXT,
  since INTEGER NOT NULL
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
CREATE UNIQUE INDEX source_file_path ON source_file (source_id, path);
CREATE INDEX source_file_problem ON source_file (source_id, id) WHERE problem IS NOT NULL;
`;
