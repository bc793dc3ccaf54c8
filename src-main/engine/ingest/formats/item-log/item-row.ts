import type { PresetRow } from "../../presets/preset.ts";
import { textAt, valueAt } from "./json-value.ts";

/** An object read like a row of a table: its values by the preset's field names, whatever the product calls them. */
export function toItemRow<F extends string>(
  item: unknown,
  names: Readonly<Record<F, readonly string[]>>,
  line: number,
): PresetRow<F> {
  return {
    text: (field) => textAt(item, ...names[field]),
    has: (field) => names[field].some((name) => valueAt(item, name) !== undefined),
    cells: [],
    line,
  };
}
