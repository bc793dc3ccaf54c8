const transactions = [
  "open",
  "budget.answer",
  "budget.reserve",
  "deliveries.apply",
  "deliveries.claim",
  "deliveries.commitAttempts",
  "deliveries.openSession",
  "deliveries.closeSession",
  "deliveries.releaseDue",
  "deliveries.recheckHeld",
  "deliveries.settleAttempts",
  "ingest.commitBatch",
  "ingest.endReading",
  "ingest.startReading",
  "integrations.setRest",
  "integrations.setState",
  "integrations.update",
] as const;

/** Every place at which a seed may kill the process: around each transaction, and around each request. */
export const crashPoints: readonly string[] = [
  ...transactions.flatMap((name) => [`tx:${name}:before`, `tx:${name}:after`]),
  ...["read", "write"].flatMap((kind) => [`http:${kind}:before`, `http:${kind}:sent`, `http:${kind}:answered`]),
];
