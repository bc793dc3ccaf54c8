import type { CallWork, Forecast } from "../../engine/ports/connector.ts";
import { batchesOf, toForecast } from "../http/forecast.ts";
import { batchMax, callCost } from "./wire.ts";

/** New calls go out with their links, a hundred at a time; a rewrite is read before it is written. */
export function forecast({ creates, updates, people }: CallWork): Forecast {
  return toForecast([
    { count: batchesOf(creates, batchMax), cost: callCost },
    { count: 2 * batchesOf(updates, batchMax), cost: callCost },
    { count: people, cost: callCost },
  ]);
}
