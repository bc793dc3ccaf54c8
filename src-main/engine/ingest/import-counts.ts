import type { IngestCounts } from "../ports/ingest-store.ts";

/** Nothing read yet. */
export const noCounts: IngestCounts = {
  rows: 0,
  legs: 0,
  calls: 0,
  revised: 0,
  skipped: {},
  excluded: {},
  deliveries: 0,
};

function addByReason<K extends string>(
  left: Readonly<Partial<Record<K, number>>>,
  right: Readonly<Partial<Record<K, number>>>,
): Partial<Record<K, number>> {
  const sum: Partial<Record<K, number>> = { ...left };
  for (const reason in right) sum[reason] = (sum[reason] ?? 0) + (right[reason] ?? 0);
  return sum;
}

/** Counts of several batches or files together. */
export function addCounts(left: IngestCounts, right: IngestCounts): IngestCounts {
  return {
    rows: left.rows + right.rows,
    legs: left.legs + right.legs,
    calls: left.calls + right.calls,
    revised: left.revised + right.revised,
    skipped: addByReason(left.skipped, right.skipped),
    excluded: addByReason(left.excluded, right.excluded),
    deliveries: left.deliveries + right.deliveries,
  };
}
