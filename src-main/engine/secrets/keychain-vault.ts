import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential, VaultFault } from "../ports/credential-vault.ts";
import { joinParts, parseEntry, partSets, toEntryTexts, type Entry, type PartSet } from "./keychain-entry.ts";
import type { Keychain } from "./keychain.ts";

type Answer<T> = Promise<Outcome<T, VaultFault>>;

/** Credentials in the system's keychain, by integration. */
export type KeychainVault = Readonly<{
  read(integrationId: number): Answer<Credential>;
  write(integrationId: number, credential: Credential): Answer<null>;
  remove(integrationId: number): Answer<null>;
}>;

export type KeychainVaultOptions = Readonly<{
  keychain: Keychain;
  /** The ledger's identity: two data folders on one computer have integrations of the same number. */
  ledger: string;
  /** What one entry holds at most, in characters. */
  maxCharacters: number;
}>;

/** Windows takes 2,560 bytes in an entry (CRED_MAX_CREDENTIAL_BLOB_SIZE); counted as UTF-16, whatever it stores. */
export const maxCharactersOf = (platform: NodeJS.Platform): number =>
  platform === "win32" ? 1_280 : Number.POSITIVE_INFINITY;

const missing: VaultFault = {
  kind: "missing",
  message:
    "The system's keychain holds no credential for this integration, or is locked. Unlock it (sign in to the desktop with your password), or connect the CRM again.",
};
const unreadable: VaultFault = {
  kind: "unreadable",
  message: "The credential in the system's keychain cannot be read: it is damaged. Connect the CRM again.",
};
const refuse = (fault: VaultFault): Outcome<never, VaultFault> => ({ ok: false, fault });

/** Reads and writes one credential as one entry, or as several where the system limits their size. */
export function createKeychainVault({ keychain, ledger, maxCharacters }: KeychainVaultOptions): KeychainVault {
  /** What could not be stored. The credential before it may be dead, so it is tried again before anything is read. */
  const unsaved = new Map<number, Credential>();
  const accountOf = (integrationId: number): string => `${ledger}/${integrationId}`;
  const partOf = (integrationId: number, set: PartSet, part: number): string =>
    `${accountOf(integrationId)}/${set}${part}`;

  async function readEntry(integrationId: number): Answer<Entry | undefined | null> {
    const head = await keychain.get(accountOf(integrationId));
    if (!head.ok || head.value === null) return head.ok ? { ok: true, value: null } : head;
    return { ok: true, value: parseEntry(head.value) };
  }

  async function readParts(integrationId: number, { parts, set, digest }: Entry & { kind: "parted" }) {
    const texts: string[] = [];
    for (let part = 0; part < parts; part += 1) {
      const text = await keychain.get(partOf(integrationId, set, part));
      if (!text.ok) return text;
      if (text.value === null) return refuse(unreadable);
      texts.push(text.value);
    }
    const credential = joinParts(texts, digest);
    return credential === undefined ? refuse(unreadable) : ({ ok: true, value: credential } as const);
  }

  /** What a longer or an older credential left behind. */
  async function dropParts(integrationId: number, set: PartSet, from: number): Answer<null> {
    for (let part = from; ; part += 1) {
      const dropped = await keychain.delete(partOf(integrationId, set, part));
      if (!dropped.ok) return dropped;
      if (!dropped.value) return { ok: true, value: null };
    }
  }

  async function store(integrationId: number, credential: Credential): Answer<null> {
    const before = await readEntry(integrationId);
    if (!before.ok) return before;
    const used = before.value?.kind === "parted" ? before.value.set : undefined;
    const set = used === "a" ? "b" : "a";
    const { parts, head } = toEntryTexts(credential, maxCharacters, set);
    for (const [part, text] of parts.entries()) {
      const written = await keychain.set(partOf(integrationId, set, part), text);
      if (!written.ok) return written;
    }
    const named = await keychain.set(accountOf(integrationId), head);
    if (!named.ok) return named;
    // From here on it is stored: parts that stay behind are overwritten or dropped another time.
    await dropParts(integrationId, set, parts.length);
    if (used !== undefined) await dropParts(integrationId, used, 0);
    return { ok: true, value: null };
  }

  async function write(integrationId: number, credential: Credential): Answer<null> {
    const stored = await store(integrationId, credential);
    if (stored.ok) unsaved.delete(integrationId);
    else unsaved.set(integrationId, credential);
    return stored;
  }

  return {
    async read(integrationId) {
      const waiting = unsaved.get(integrationId);
      if (waiting !== undefined) {
        const stored = await write(integrationId, waiting);
        return stored.ok ? { ok: true, value: waiting } : stored;
      }
      const entry = await readEntry(integrationId);
      if (!entry.ok) return entry;
      if (entry.value === null) return refuse(missing);
      if (entry.value === undefined) return refuse(unreadable);
      if (entry.value.kind === "whole") return { ok: true, value: entry.value.credential };
      return readParts(integrationId, entry.value);
    },
    write,
    async remove(integrationId) {
      unsaved.delete(integrationId);
      const head = await keychain.delete(accountOf(integrationId));
      if (!head.ok) return head;
      for (const set of partSets) {
        const dropped = await dropParts(integrationId, set, 0);
        if (!dropped.ok) return dropped;
      }
      return { ok: true, value: null };
    },
  };
}
