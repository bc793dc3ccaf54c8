import type { CallWork, Forecast } from "../../engine/ports/connector.ts";
import { batchesOf, toForecast } from "../http/forecast.ts";
import { callCost, collectionMax } from "./wire.ts";

/** New tasks go out with their links, two hundred at a time; a rewrite is read before it is written. */
export function forecast({ creates, updates, people }: CallWork): Forecast {
  return toForecast([
    { count: batchesOf(creates, collectionMax), cost: callCost },
    { count: 2 * batchesOf(updates, collectionMax), cost: callCost },
    { count: people, cost: callCost },
  ]);
}
