import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Keychain } from "./keychain.ts";

export type AuditKeyParts = Readonly<{ keychain: Keychain; ledger: string; clock: Clock; random: Random }>;

export type AuditKeyAsk = Readonly<{
  /** Whether one is made where there is none. Never for a log that only another key verifies. */
  mayCreate: boolean;
}>;

const keyBytes = 32;
/** A start does not wait for a person who types the password of a keyring, ms. */
const patienceMs = 3_000;
const keyText = /^[0-9a-f]{64}$/;

/** The key of a ledger's audit chain from the system's keychain, or undefined where it is not at hand. */
export async function findAuditKey(parts: AuditKeyParts, ask: AuditKeyAsk): Promise<Uint8Array | undefined> {
  const timer = new AbortController();
  const late = parts.clock.sleep(patienceMs, timer.signal).then(() => undefined);
  const found = await Promise.race([readOrCreate(parts, ask), late]);
  timer.abort();
  return found === undefined ? undefined : Buffer.from(found, "hex");
}

async function readOrCreate({ keychain, ledger, random }: AuditKeyParts, { mayCreate }: AuditKeyAsk) {
  const account = `${ledger}/audit`;
  const read = await keychain.get(account);
  if (!read.ok) return undefined;
  // An entry that is not ours to understand is never overwritten: it may be all that verifies the log.
  if (read.value !== null) return keyText.test(read.value) ? read.value : undefined;
  if (!mayCreate) return undefined;
  const key = random.hex(keyBytes);
  const written = await keychain.set(account, key);
  return written.ok ? key : undefined;
}
