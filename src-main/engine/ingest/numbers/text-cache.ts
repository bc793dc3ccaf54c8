import { detachText } from "../detach-text.ts";

/** Entries of one generation; two are kept. */
const generationSize = 16_384;
/** Looked at after so many look-ups: below this share of hits the table costs more than it saves. */
const judgedLookups = 65_536;
const leastHitShare = 0.1;

/**
 * A pure function of texts, remembered in bounded memory: two generations of a plain map, the older one dropped when the
 * younger is full. Where hardly any text repeats, nothing is stored until the next look, so that it cannot cost more
 * than it saves.
 */
export function createTextCache<T extends string | number | boolean | object | null>(
  compute: (text: string) => T,
): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let lookups = 0;
  let hits = 0;
  let isPaying = true;

  const judge = (): void => {
    isPaying = !isPaying || hits >= lookups * leastHitShare;
    lookups = 0;
    hits = 0;
  };

  const store = (text: string, value: T): void => {
    if (young.size >= generationSize) {
      old = young;
      young = new Map();
    }
    young.set(detachText(text), value);
  };

  return (text) => {
    lookups += 1;
    if (lookups > judgedLookups) judge();
    const recent = young.get(text);
    if (recent !== undefined) {
      hits += 1;
      return recent;
    }
    if (!isPaying) return compute(text);
    const kept = old.get(text);
    if (kept !== undefined) hits += 1;
    const value = kept ?? compute(text);
    store(text, value);
    return value;
  };
}
