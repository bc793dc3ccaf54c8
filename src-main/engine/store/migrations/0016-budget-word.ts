/**
 * What the vendors' answers told of the windows, the last word of each UTC day. The CRM's time counts, as everywhere in the
 * budget.
 */
export const budgetWord = /* sql */ `
CREATE TABLE budget_word (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  window TEXT NOT NULL,
  day INTEGER NOT NULL,
  unit_limit REAL,
  others REAL NOT NULL,
  heard_at INTEGER NOT NULL,
  PRIMARY KEY (integration_id, window, day)
) STRICT, WITHOUT ROWID;
`;
