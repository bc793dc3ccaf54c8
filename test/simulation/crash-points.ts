const transactions = [
  "open",
  "accountMemory.forget",
  "accountMemory.keep",
  "accountMemory.recall",
  "budget.answer",
  "budget.compact",
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
] as const;

/** Every place at which a seed may kill the process: around each transaction, and around each request. */
export const crashPoints: readonly string[] = [
  ...transactions.flatMap((name) => [`tx:${name}:before`, `tx:${name}:after`]),
  ...["read", "write"].flatMap((kind) => [`http:${kind}:before`, `http:${kind}:sent`, `http:${kind}:answered`]),
];

/** Passed once at the start of a seed, before anything is killed. */
export const setUpPoints: readonly string[] = ["integrations.add", "tenants.ensure"].flatMap((name) => [
  `tx:${name}:before`,
  `tx:${name}:after`,
]);
