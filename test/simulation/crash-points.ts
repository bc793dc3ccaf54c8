const transactions = [
  "open",
  "accountMemory.forget",
  "accountMemory.keep",
  "accountMemory.recall",
  "budget.answer",
  "budget.compact",
  "checks.advance",
  "checks.ask",
  "checks.end",
  "deadRuns.dropTrial",
  "deadRuns.open",
  "deadRuns.putTrial",
  "deadRuns.step",
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
  "restore",
  "schemas.put",
] as const;

/** Every place at which a seed may kill the process: around each transaction, and around each request. */
export const crashPoints: readonly string[] = [
  ...transactions.flatMap((name) => [`tx:${name}:before`, `tx:${name}:after`]),
  ...["read", "write"].flatMap((kind) => [`http:${kind}:before`, `http:${kind}:sent`, `http:${kind}:answered`]),
];

/** The fewer seeds come by a transaction, the larger its share (see `killShares` and `seldomShares`). */
type Shares = readonly (readonly [share: number, names: readonly string[]])[];
const seldom = ["checks.advance", "deadRuns.dropTrial", "deadRuns.open", "deadRuns.step", "integrations.setRest"];
const shares: Shares = [
  [0.3, ["checks.end", "deadRuns.putTrial"]],
  [0.1, ["budget.compact", "checks.ask", "integrations.setState", "accountMemory.forget", "deliveries.closeSession"]],
  [
    0.04,
    [
      "integrations.update",
      "mirror.clearChanged",
      "mirror.ownNumbers",
      "mirror.beginRound",
      "mirror.endRound",
      "schemas.put",
      "deliveries.recheckHeld",
      "deliveries.openSession",
      "deliveries.endLongWaits",
    ],
  ],
];
/** Where most hangs on what the next run makes of it. */
const writeShare = 0.02;

const aroundEach = (of: Shares): readonly (readonly [point: string, share: number])[] =>
  of.flatMap(([share, names]) =>
    names.flatMap((name) => ["before", "after"].map((when) => [`tx:${name}:${when}`, share] as const)),
  );

/**
 * The share of passes that a seed in which something is to be killed ends at a point, beside the one that it chose: so that
 * the long run comes by each often enough.
 */
export const killShares: ReadonlyMap<string, number> = new Map([
  ...["before", "sent", "answered"].map((when) => [`http:write:${when}`, writeShare] as const),
  ...aroundEach(shares),
]);

/** The same for what few seeds come by: each of these points is armed apart, and who is killed before comes by no after. */
export const seldomShares: ReadonlyMap<string, number> = new Map(
  seldom.flatMap((name) => [[`tx:${name}:before`, 0.5] as const, [`tx:${name}:after`, 0.9] as const]),
);

/** Passed once at the start of a seed, before anything is killed. */
const setUp = ["integrations.add", "tenants.ensure"];

/** Passed by one seed in thousands, too few to be killed at: what the healer says of a group after it went out again. */
const hardlyEver = ["audit.append"];

/** What a pass may be called: anything else is a place that was forgotten above. */
export const knownPoints: ReadonlySet<string> = new Set([
  ...crashPoints,
  ...[...setUp, ...hardlyEver].flatMap((name) => [`tx:${name}:before`, `tx:${name}:after`]),
]);

/**
 * Writing operations that no seed comes by (or hardly any): buttons and settings of people, one transaction each, and work of the night and of
 * other files. The tests beside them kill or fail them where more than one transaction hangs together.
 */
const apart = [
  "alerts.add",
  "alerts.drop",
  "alerts.note",
  "alerts.set",
  "alerts.settle",
  "audit.append",
  "audit.dropSealed",
  "audit.erase",
  "audit.seal",
  "budget.reserve",
  "conflicts.settle",
  "deadRuns.runOf",
  "erasure.erase",
  "erasure.find",
  "ingest.backfill",
  "ingest.together",
  "integrations.remove",
  "matchRules.addCorrection",
  "matchRules.addRule",
  "matchRules.endRule",
  "matchRules.markUndone",
  "mirror.drop",
  "mirror.markGone",
  "mirror.put",
  "mirror.restartStep",
  "ownNumbers.say",
  "personLedger.begin",
  "personLedger.countMissing",
  "personLedger.drop",
  "personLedger.settle",
  "requests.keep",
  "schemas.rebase",
  "silences.end",
  "silences.learn",
  "silences.raise",
  "silences.set",
  "sourceMemory.note",
  "sourceMemory.setState",
  "sources.add",
  "sources.remove",
  "upkeep.markRun",
  "upkeep.set",
  "upkeep.steps",
];

/** Every operation of the store that begins a write transaction, by its name. */
export const writingOperations: ReadonlySet<string> = new Set([
  ...transactions.filter((name) => name.includes(".")),
  ...setUp,
  ...apart,
]);
