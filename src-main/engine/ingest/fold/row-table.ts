import { hash } from "node:crypto";

/** A 48-bit number of a text, for tables that must not hold a million texts. */
export const toRowNumber = (text: string): number => Number.parseInt(hash("sha256", text, "hex").slice(0, 12), 16);

export type RowTable = Readonly<{
  get(key: number): number;
  /** Adds one to the entry and answers what it was before. */
  increment(key: number): number;
  set(key: number, value: number): void;
  size(): number;
}>;

/**
 * A map from 48-bit numbers to counts in 12 bytes an entry (open addressing): a plain Map takes some 50, and a file has
 * no upper bound of rows. Missing entries are 0.
 */
export function createRowTable(): RowTable {
  let capacity = 1024;
  let keys = new Float64Array(capacity).fill(-1);
  let values = new Uint32Array(capacity);
  let size = 0;

  const find = (table: Float64Array, key: number): number => {
    let at = key % table.length;
    while (table[at] !== -1 && table[at] !== key) at = at + 1 === table.length ? 0 : at + 1;
    return at;
  };

  const grow = (): void => {
    const oldKeys = keys;
    const oldValues = values;
    capacity *= 2;
    keys = new Float64Array(capacity).fill(-1);
    values = new Uint32Array(capacity);
    oldKeys.forEach((key, at) => {
      if (key === -1) return;
      const slot = find(keys, key);
      keys[slot] = key;
      values[slot] = oldValues[at] ?? 0;
    });
  };

  const set = (key: number, value: number): void => {
    const slot = find(keys, key);
    const isNew = keys[slot] === -1;
    keys[slot] = key;
    values[slot] = value;
    if (!isNew) return;
    size += 1;
    if (size * 4 > capacity * 3) grow();
  };

  const get = (key: number): number => values[find(keys, key)] ?? 0;

  return {
    get,
    set,
    increment: (key) => {
      const before = get(key);
      set(key, before + 1);
      return before;
    },
    size: () => size,
  };
}
