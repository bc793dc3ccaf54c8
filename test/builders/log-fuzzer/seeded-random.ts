/** Random numbers of a seed: the same on every machine and in every run. */
export type SeededRandom = Readonly<{
  /** A whole number from 0 to `below` - 1. */
  below(limit: number): number;
  chance(share: number): boolean;
  pick<T>(choices: readonly [T, ...(readonly T[])]): T;
}>;

/** `mulberry32` over a seed and the number of the input, so that any input is made without those before it. */
export function createSeededRandom(seed: number, index: number): SeededRandom {
  let state = (seed ^ Math.imul(index + 1, 0x9e37_79b1)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}
