/**
 * Counts by lane, and what a lane delivered lately by slots of some seconds: what the queue still holds and how fast it
 * empties is told without looking at the queue.
 */
export const laneTally = /* sql */ `
DROP TABLE delivery_tally;

-- wait_why: '' for every state but waiting.
CREATE TABLE delivery_tally (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  state TEXT NOT NULL,
  lane INTEGER NOT NULL,
  wait_why TEXT NOT NULL,
  delivery_count INTEGER NOT NULL,
  PRIMARY KEY (integration_id, state, lane, wait_why)
) STRICT, WITHOUT ROWID;

INSERT INTO delivery_tally
SELECT integration_id, state, lane, coalesce(wait_why, ''), count(*) FROM delivery GROUP BY 1, 2, 3, 4;

-- slot: where ten seconds begin, epoch ms.
CREATE TABLE lane_slot (
  integration_id INTEGER NOT NULL REFERENCES integration (id),
  slot INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  PRIMARY KEY (integration_id, slot, lane)
) STRICT, WITHOUT ROWID;
`;
