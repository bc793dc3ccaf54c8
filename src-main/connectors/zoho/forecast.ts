import type { CallWork, Forecast } from "../../engine/ports/connector.ts";
import { batchesOf, toForecast } from "../http/forecast.ts";
import { batchMax, callCost, writeCost } from "./wire.ts";

/** Every hundred calls are looked for by key (or read) and then written; writes are charged by tens. */
export function forecast({ creates, updates, people }: CallWork): Forecast {
  return toForecast([creates, updates].flatMap(toBatches).concat({ count: people, cost: writeCost(1) }));
}

function toBatches(records: number) {
  const left = records % batchMax;
  return [
    { count: batchesOf(records, batchMax), cost: callCost },
    { count: Math.floor(records / batchMax), cost: writeCost(batchMax) },
    ...(left === 0 ? [] : [{ count: 1, cost: writeCost(left) }]),
  ];
}
