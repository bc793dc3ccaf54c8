import { createHmac, createSecretKey, hash as hashOnce } from "node:crypto";

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

/** A hash by way of text, so that its bytes lie among others: memory of its own costs more than the hash. */
const toBytes = (text: string): Buffer => Buffer.from(text, "binary");
const sha256 = (content: string | Buffer): Buffer => toBytes(hashOnce("sha256", content, "binary"));

/** What the first entry and the first seal follow. */
export const genesis: Buffer = sha256("callledger audit log");

/** Hashes of one chain: HMAC-SHA-256 where there is a key, else SHA-256. The word keeps entries, seals and the head apart. */
export type ChainHash = (word: "entry" | "seal" | "head", previous: Buffer, content: string, tail: Buffer) => Buffer;

export function createChainHash(key: Uint8Array | undefined): ChainHash {
  // Bytes given anew for each hash would cost several times as much as the hash.
  const secret = key === undefined ? undefined : createSecretKey(key);
  return (word, previous, content, tail) => {
    const hashed = Buffer.concat([Buffer.from(word), previous, Buffer.from(content), tail]);
    return secret === undefined
      ? sha256(hashed)
      : toBytes(createHmac("sha256", secret).update(hashed).digest("binary"));
  };
}

/** The salt keeps an erased payload from being guessed from its digest (a number has few possible values). */
export function toDigest({ salt, summary, terms, payload }: ChainPayload): Buffer {
  return sha256(JSON.stringify([salt, summary, terms, payload]));
}

/** An entry's metadata as its columns, in the order in which they are hashed. */
export type ChainFields = readonly (string | number | null)[];

export function toChainFields(entry: ChainMetadata): ChainFields {
  const { id, at, tenant, callId, deliveryId, integrationId, operation, outcome } = entry;
  const { status, code, reason, nextRetryAt, isKeyed } = entry;
  const about = [id, at, tenant, callId, deliveryId, integrationId];
  return [...about, operation, outcome, status, code, reason, nextRetryAt, isKeyed];
}

export const hashEntry = (hash: ChainHash, previous: Buffer, fields: ChainFields, digest: Buffer): Buffer =>
  hash("entry", previous, JSON.stringify(fields), digest);

export function hashSeal(hash: ChainHash, previous: Buffer, seal: SealFields): Buffer {
  const { id, day, firstId, lastId, entryCount, isKeyed, lastHash } = seal;
  return hash("seal", previous, JSON.stringify([id, day, firstId, lastId, entryCount, isKeyed]), lastHash);
}

/** Where the chain ends. */
export function hashHead(hash: ChainHash, lastId: number, lastHash: Buffer): Buffer {
  return hash("head", genesis, String(lastId), lastHash);
}
