/** One time for all fields that were pushed together: a time beside each was a fifth of all that is kept of a delivery here. */
export const pushedAt = /* sql */ `
ALTER TABLE delivery_written RENAME TO written_before;
-- steps: names of those that are certain. fields: values as pushed last, by vendor field. pushed_at: epoch ms of the last
-- push, null where nothing was. earlier: epoch ms by vendor field, of those that the last push did not name.
CREATE TABLE delivery_written (
  delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
  steps TEXT NOT NULL,
  fields TEXT NOT NULL,
  pushed_at INTEGER,
  earlier TEXT NOT NULL
) STRICT;
INSERT INTO delivery_written
SELECT w.delivery_id, w.steps,
  (SELECT json_group_object(f.key, f.value ->> 0) FROM json_each(w.fields) f),
  w.last_at,
  (SELECT json_group_object(f.key, f.value ->> 1) FROM json_each(w.fields) f WHERE f.value ->> 1 < w.last_at)
FROM (SELECT *, (SELECT max(f.value ->> 1) FROM json_each(fields) f) AS last_at FROM written_before) w;
DROP TABLE written_before;
`;
