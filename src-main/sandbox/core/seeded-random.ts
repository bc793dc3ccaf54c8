/** A number in [0, 1), the same series for the same seed. */
export type Random = () => number;

/** Mulberry32 (public domain, T. Ettinger): enough for fault rates and shuffled answers, and repeatable. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in another order (Fisher-Yates). */
export function toShuffled<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [moved] = shuffled.splice(other, 1);
    if (moved !== undefined) shuffled.push(moved);
  }
  return shuffled;
}
