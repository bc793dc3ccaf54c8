import type { Database } from "better-sqlite3";
import type { AuditDraft, AuditEntry } from "../ports/audit-log.ts";
import type { Random } from "../ports/random.ts";
import { genesis, hashEntry, hashHead, toChainFields, toDigest } from "./audit-chain.ts";
import type { AuditKey } from "./audit-key.ts";
import { readPayload } from "./audit-payload.ts";
import { type EntryRow, entryColumns, toEntry } from "./audit-row.ts";
import type { PhoneIndex } from "./phone-index.ts";
import type { Transact } from "./transaction.ts";

type Head = { lastId: number; lastHash: Buffer; isKeyed: number };

export type AuditParts = Readonly<{
  db: Database;
  transact: Transact;
  random: Random;
  phones: PhoneIndex;
  key: AuditKey;
}>;

/** The appending and reading half of the audit log. */
export type AuditWriter = Readonly<{
  append(drafts: readonly AuditDraft[]): void;
  ofCall(callId: number): readonly AuditEntry[];
  entries(ask: Readonly<{ afterId: number; limit: number }>): readonly AuditEntry[];
  byIds(ids: readonly number[]): readonly AuditEntry[];
}>;

/** The first entry that was made without the key, after others that were made with it. */
export const unkeyedOperation = "audit.unkeyed";

const toUnkeyedNote = (at: number): AuditDraft => ({
  at,
  tenant: null,
  callId: null,
  deliveryId: null,
  integrationId: null,
  operation: unkeyedOperation,
  outcome: "failed",
  summary:
    "The audit's key is not at hand (a locked keychain, a missing entry, or a backup that was just restored): entries from here on are chained without it.",
});

const phoneNumber = /^\+\d{5,}$/;
const saltBytes = 16;
const saltsDrawn = 64;

/** All by which an entry is found. */
function toWords({ operation, outcome, status, code, reason, summary }: AuditDraft, terms: string, values: string) {
  return `${operation} ${outcome} ${status ?? ""} ${code ?? ""} ${reason ?? ""} ${summary} ${terms} ${values}`;
}

function prepareStatements(db: Database) {
  return {
    readHead: db.prepare<[], Head>(
      "SELECT last_id AS lastId, last_hash AS lastHash, is_keyed AS isKeyed FROM audit_head WHERE id = 1",
    ),
    writeHead: db.prepare<[number, Buffer, number, Buffer]>(
      `INSERT INTO audit_head (id, last_id, last_hash, is_keyed, mark, dropped_through) VALUES (1, ?, ?, ?, ?, 0)
       ON CONFLICT (id) DO UPDATE SET last_id = excluded.last_id, last_hash = excluded.last_hash,
         is_keyed = excluded.is_keyed, mark = excluded.mark`,
    ),
    entry: db.prepare(`
      INSERT INTO audit (id, at, tenant, call_id, delivery_id, integration_id, operation, outcome, status, code, reason,
        next_retry_at, is_keyed, digest, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    payload: db.prepare("INSERT INTO audit_payload (audit_id, salt, summary, terms, payload) VALUES (?, ?, ?, ?, ?)"),
    index: db.prepare<[number, string]>("INSERT INTO audit_fts (rowid, text) VALUES (?, ?)"),
    ofCall: db.prepare<[number], EntryRow>(`SELECT ${entryColumns} WHERE a.call_id = ? ORDER BY a.id`),
    after: db.prepare<[number, number], EntryRow>(`SELECT ${entryColumns} WHERE a.id > ? ORDER BY a.id LIMIT ?`),
    byIds: db.prepare<[string], EntryRow>(
      `SELECT ${entryColumns} WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id DESC`,
    ),
  };
}

/**
 * Appends in the caller's transaction. The chain's head is read once and written once in each; search and the numbers
 * are brought up to date just before the commit, all at once: a statement in between makes SQLite write out the index.
 */
export function createAuditWriter({ db, transact, random, phones, key }: AuditParts): AuditWriter {
  const sql = prepareStatements(db);
  let head: Head | undefined;
  /** Words of entries that are not in the search yet. */
  const unindexed: [id: number, words: string][] = [];
  let salts = "";
  const numbers = new Set<string>();

  /** Drawn for many entries at once; each is used for one. */
  function nextSalt(): string {
    if (salts === "") salts = random.hex(saltBytes * saltsDrawn);
    const salt = salts.slice(0, saltBytes * 2);
    salts = salts.slice(saltBytes * 2);
    return salt;
  }

  function openHead(): Head {
    if (head !== undefined) return head;
    const stored = sql.readHead.get() ?? { lastId: 0, lastHash: genesis, isKeyed: 0 };
    head = stored;
    return stored;
  }

  function appendOne(draft: AuditDraft, current: Head): void {
    const id = current.lastId + 1;
    const terms = draft.terms?.join(" ") ?? "";
    const { text: payload, words } = readPayload(draft.payload);
    const { at, tenant, callId, deliveryId, integrationId, operation, outcome, summary } = draft;
    const { status = null, code = null, reason = null, nextRetryAt = null } = draft;
    const salt = nextSalt();
    const digest = toDigest({ salt, summary, terms, payload });
    const { hash, isKeyed } = key.current();
    const ids = { id, at, tenant, callId, deliveryId, integrationId };
    const said = { operation, outcome, status, code, reason, nextRetryAt, isKeyed };
    const fields = toChainFields({ ...ids, ...said });
    const entryHash = hashEntry(hash, current.lastHash, fields, digest);
    sql.entry.run(...fields, digest, entryHash);
    sql.payload.run(id, salt, summary, terms, payload);
    unindexed.push([id, toWords(draft, terms, words)]);
    for (const term of draft.terms ?? []) if (phoneNumber.test(term)) numbers.add(term);
    current.lastId = id;
    current.lastHash = entryHash;
    current.isKeyed = isKeyed;
  }

  transact.beforeCommit(() => {
    if (head === undefined || unindexed.length === 0) return;
    const { hash, isKeyed } = key.current();
    sql.writeHead.run(head.lastId, head.lastHash, isKeyed, hashHead(hash, head.lastId, head.lastHash));
    for (const [id, words] of unindexed) sql.index.run(id, words);
    phones.add([...numbers]);
  });
  transact.afterwards(() => {
    head = undefined;
    unindexed.length = 0;
    numbers.clear();
  });

  return {
    append(drafts) {
      const [first] = drafts;
      if (first === undefined) return;
      transact.run(() => {
        const current = openHead();
        // A chain never changes to a weaker hash without saying so.
        if (current.isKeyed === 1 && !key.isAtHand()) appendOne(toUnkeyedNote(first.at), current);
        for (const draft of drafts) appendOne(draft, current);
      });
    },
    ofCall: (callId) => sql.ofCall.all(callId).map(toEntry),
    entries: ({ afterId, limit }) => sql.after.all(afterId, limit).map(toEntry),
    byIds: (ids) => sql.byIds.all(JSON.stringify(ids)).map(toEntry),
  };
}
