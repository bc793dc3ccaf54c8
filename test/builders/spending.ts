/** What a request is to the run: a write of calls or links, a read by key, or a look-up of people. The rest is overhead. */
export type RequestKind = "batches" | "probes" | "look-ups";

/** `cost`: units of one request where it is not one. */
export type EndpointRule = Readonly<{ endpoint: RegExp; kind: RequestKind | "overhead"; cost?: number }>;

export type SpendingRules = Readonly<{
  /** What the vendor counts. */
  unit: "calls" | "tokens" | "credits";
  /** By endpoint as the sandbox names it: the first that matches. What matches none is overhead of one unit. */
  endpoints: readonly EndpointRule[];
}>;

/** Units of one vendor, by what they were spent on; `batches` holds what the vendor counted beyond one a request. */
export type Spending = Readonly<{
  unit: SpendingRules["unit"];
  spent: number;
  batches: number;
  probes: number;
  lookUps: number;
  /** As a sentence with its numbers. */
  formula: string;
  isWithin: boolean;
}>;

/** How much more than its work a run may spend. */
const allowance = 1.3;

/**
 * Sorts what a CRM counted by what it was for: spent ≤ 1.3 × (batches + probes + look-ups). `spent` is the vendor's own
 * count; what a request of many records costs beyond its fixed units belongs to the batches.
 */
export function toSpending(
  { unit, endpoints }: SpendingRules,
  byEndpoint: Readonly<Record<string, number>>,
  spent: number,
): Spending {
  const units = { batches: 0, probes: 0, "look-ups": 0, overhead: 0 };
  for (const [endpoint, requests] of Object.entries(byEndpoint)) {
    const rule = endpoints.find((each) => each.endpoint.test(endpoint));
    units[rule?.kind ?? "overhead"] += requests * (rule?.cost ?? 1);
  }
  const { probes, "look-ups": lookUps } = units;
  const batches = spent - probes - lookUps - units.overhead;
  const work = batches + probes + lookUps;
  const share = (spent / work).toFixed(2);
  return {
    unit,
    spent,
    batches,
    probes,
    lookUps,
    formula: `${spent} ${unit} spent for ${batches} (batches) + ${probes} (probes) + ${lookUps} (look-ups) = ${work}: × ${share} (at most ${allowance})`,
    isWithin: spent <= allowance * work,
  };
}
