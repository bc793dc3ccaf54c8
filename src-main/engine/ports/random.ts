/** Randomness as a port, so that a seed replays a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `count` random bytes as lower-case hex, for salts and tokens. */
  hex(count: number): string;
}
