import type { WriteItem } from "../../engine/ports/connector.ts";
import { toWireValue, type WireValue } from "./activity.ts";

/** A body in Pipedrive's types; what does not fit was refused before. */
export function toWireBody(item: WriteItem): Readonly<Record<string, WireValue>> {
  const entries = Object.entries(item.body ?? {}).flatMap(([field, text]) => {
    const value = toWireValue(field, text);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(entries);
}
