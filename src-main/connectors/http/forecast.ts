import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Forecast } from "../../engine/ports/connector.ts";

/** So many requests of one cost. */
export type Requests = Readonly<{ count: number; cost: Cost }>;

/** How many batches hold so many records. */
export const batchesOf = (records: number, most: number): number => Math.ceil(records / most);

/** Everything added up: requests, and units by budget window. */
export function toForecast(parts: readonly Requests[]): Forecast {
  const cost = new Map<string, number>();
  for (const { count, cost: each } of parts)
    for (const [window, units] of Object.entries(each)) cost.set(window, (cost.get(window) ?? 0) + units * count);
  const used = [...cost].filter(([, units]) => units > 0);
  return { requests: parts.reduce((sum, { count }) => sum + count, 0), cost: Object.fromEntries(used) };
}
