import type { CallWork, Forecast } from "../../engine/ports/connector.ts";
import { batchesOf, toForecast } from "../http/forecast.ts";
import { costs, idsMax } from "./wire.ts";

/** There are no batches: every call is a request, its call log another; records to be rewritten are read by ids. */
export function forecast({ creates, updates, people }: CallWork, writesCallLogs: boolean): Forecast {
  return toForecast([
    { count: creates, cost: costs.write },
    { count: writesCallLogs ? creates : 0, cost: costs.oldWrite },
    { count: batchesOf(updates, idsMax), cost: costs.list },
    { count: updates, cost: costs.write },
    { count: people, cost: costs.write },
  ]);
}
