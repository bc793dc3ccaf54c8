import { type ChainHash, createChainHash } from "./audit-chain.ts";

/** The key of the audit chain: it comes from the keychain, which may answer late, or not at all. */
export type AuditKey = Readonly<{
  /** From now on entries are hashed with this key. */
  use(key: Uint8Array): void;
  isAtHand(): boolean;
  /** How the next entry or seal is hashed. */
  current(): Readonly<{ hash: ChainHash; isKeyed: 0 | 1 }>;
  /** The hash that a stored entry or seal was made with; undefined without its key. */
  of(isKeyed: number): ChainHash | undefined;
}>;

export function createAuditKey(given: Uint8Array | undefined): AuditKey {
  const plain = createChainHash(undefined);
  let keyed = given === undefined ? undefined : createChainHash(given);
  return {
    use: (key) => {
      keyed = createChainHash(key);
    },
    isAtHand: () => keyed !== undefined,
    current: () => (keyed === undefined ? { hash: plain, isKeyed: 0 } : { hash: keyed, isKeyed: 1 }),
    of: (isKeyed) => (isKeyed === 1 ? keyed : plain),
  };
}
