const transactions = [
  "open",
  "accountMemory.forget",
  "accountMemory.keep",
  "accountMemory.recall",
  "budget.answer",
  "budget.compact",
  "deadRuns.dropTrial",
  "deadRuns.putTrial",
  "deliveries.apply",
  "deliveries.claim",
  "deliveries.commitAttempts",
  "deliveries.openSession",
  "deliveries.closeSession",
  "deliveries.endLongWaits",
  "deliveries.releaseDue",
  "deliveries.recheckHeld",
  "deliveries.settleAttempts",
  "ingest.commitBatch",
  "ingest.endReading",
  "ingest.startReading",
  "integrations.setRest",
  "integrations.setState",
  "integrations.update",
  "mirror.beginRound",
  "mirror.clearChanged",
  "mirror.commitPage",
  "mirror.endRound",
  "mirror.openStep",
  "mirror.ownNumbers",
  "schemas.put",
] as const;

/** Every place at which a seed may kill the process: around each transaction, and around each request. */
export const crashPoints: readonly string[] = [
  ...transactions.flatMap((name) => [`tx:${name}:before`, `tx:${name}:after`]),
  ...["read", "write"].flatMap((kind) => [`http:${kind}:before`, `http:${kind}:sent`, `http:${kind}:answered`]),
];

/** Transactions that few seeds come by, and those that a seed comes by once or twice: with what share of the passes kills. */
const seldom = ["open", "budget.compact", "deadRuns.dropTrial", "integrations.setRest"];
const rare = ["deadRuns.putTrial", "integrations.setState", "accountMemory.forget", "deliveries.closeSession"];
const single = [
  "integrations.update",
  "mirror.clearChanged",
  "mirror.ownNumbers",
  "mirror.beginRound",
  "mirror.endRound",
  "schemas.put",
  "deliveries.recheckHeld",
  "deliveries.openSession",
  "deliveries.endLongWaits",
];

/**
 * The share of passes that a seed in which something is to be killed ends at a point, beside the one that it chose: so that
 * the long run comes by each often enough.
 */
export const killShares: ReadonlyMap<string, number> = new Map(
  (
    [
      [seldom, 0.5],
      [rare, 0.1],
      [single, 0.02],
    ] as const
  ).flatMap(([names, share]) =>
    names.flatMap((name) => ["before", "after"].map((when): [string, number] => [`tx:${name}:${when}`, share])),
  ),
);

/** Passed once at the start of a seed, before anything is killed. */
export const setUpPoints: readonly string[] = ["integrations.add", "tenants.ensure"].flatMap((name) => [
  `tx:${name}:before`,
  `tx:${name}:after`,
]);
