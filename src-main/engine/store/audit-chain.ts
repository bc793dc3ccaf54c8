import { createHash, createHmac, hash as hashOnce } from "node:crypto";

/** What of an entry is in the chain as it is: nothing here may have to be erased later. */
export type ChainMetadata = Readonly<{
  id: number;
  at: number;
  tenant: string | null;
  callId: number | null;
  deliveryId: number | null;
  integrationId: number | null;
  operation: string;
  outcome: string;
  status: number | null;
  code: string | null;
  reason: string | null;
  nextRetryAt: number | null;
  isKeyed: number;
}>;

/** What can be erased; only its salted digest is in the chain. */
export type ChainPayload = Readonly<{ salt: string; summary: string; terms: string; payload: string | null }>;

export type SealFields = Readonly<{
  id: number;
  day: number;
  firstId: number;
  lastId: number;
  entryCount: number;
  lastHash: Buffer;
  isKeyed: number;
}>;

/** What the first entry and the first seal follow. */
export const genesis: Buffer = createHash("sha256").update("callledger audit log").digest();

/** Hashes of one chain: HMAC-SHA-256 where there is a key, else SHA-256. The word keeps entries, seals and the head apart. */
export type ChainHash = (word: "entry" | "seal" | "head", previous: Buffer, content: string, tail: Buffer) => Buffer;

export function createChainHash(key: Uint8Array | undefined): ChainHash {
  return (word, previous, content, tail) => {
    const hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
    return hash.update(word).update(previous).update(content).update(tail).digest();
  };
}

/** The salt keeps an erased payload from being guessed from its digest (a number has few possible values). */
export function toDigest({ salt, summary, terms, payload }: ChainPayload): Buffer {
  return hashOnce("sha256", JSON.stringify([salt, summary, terms, payload]), "buffer");
}

export function hashEntry(hash: ChainHash, previous: Buffer, entry: ChainMetadata, digest: Buffer): Buffer {
  const { id, at, tenant, callId, deliveryId, integrationId, operation, outcome } = entry;
  const { status, code, reason, nextRetryAt, isKeyed } = entry;
  const fields = [id, at, tenant, callId, deliveryId, integrationId, operation, outcome, status, code, reason];
  return hash("entry", previous, JSON.stringify([...fields, nextRetryAt, isKeyed]), digest);
}

export function hashSeal(hash: ChainHash, previous: Buffer, seal: SealFields): Buffer {
  const { id, day, firstId, lastId, entryCount, isKeyed, lastHash } = seal;
  return hash("seal", previous, JSON.stringify([id, day, firstId, lastId, entryCount, isKeyed]), lastHash);
}

/** Where the chain ends. */
export function hashHead(hash: ChainHash, lastId: number, lastHash: Buffer): Buffer {
  return hash("head", genesis, String(lastId), lastHash);
}
