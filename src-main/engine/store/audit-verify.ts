import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { AuditVerification } from "../ports/audit-log.ts";
import { genesis, hashEntry, hashHead, hashSeal, toChainFields, toDigest } from "./audit-chain.ts";
import type { AuditKey } from "./audit-key.ts";
import { unkeyedOperation } from "./audit-log.ts";
import { type EntryRow, entryColumns } from "./audit-row.ts";
import { type SealRow, sealColumns } from "./audit-seals.ts";
import { fromJson } from "./json-column.ts";

type HeadRow = Readonly<{ lastId: number; lastHash: Buffer; isKeyed: number; mark: Buffer; droppedThrough: number }>;
type Link = Readonly<{ id: number; hash: Buffer; isKeyed: number }>;
/** `from`: the last entry that need not fit any more. */
type Beginning = Readonly<{ start: Link; from: number }>;

const page = 2_000;
const erasedIds = z.object({ pushed: z.array(z.int()) });
const dayOf = (seal: SealRow): string => new Date(seal.day * 86_400_000).toISOString().slice(0, 10);

function prepareStatements(db: Database) {
  return {
    head: db.prepare<[], HeadRow>(
      `SELECT last_id AS lastId, last_hash AS lastHash, is_keyed AS isKeyed, mark, dropped_through AS droppedThrough
       FROM audit_head WHERE id = 1`,
    ),
    seals: db.prepare<[], SealRow>(`SELECT ${sealColumns} ORDER BY id`),
    after: db.prepare<[number, number], EntryRow>(`SELECT ${entryColumns} WHERE a.id > ? ORDER BY a.id LIMIT ?`),
    erasures: db
      .prepare<[], string>(
        `SELECT p.payload FROM audit a JOIN audit_payload p ON p.audit_id = a.id
         WHERE a.operation = 'audit.erase' AND p.payload IS NOT NULL`,
      )
      .pluck(),
    strayPayload: db
      .prepare<[], number>(
        "SELECT audit_id FROM audit_payload p WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = p.audit_id) LIMIT 1",
      )
      .pluck(),
  };
}

/** Walks the whole chain. Each check answers with the first thing that does not fit, in words, or null. */
export function createAuditVerify(db: Database, key: AuditKey): () => AuditVerification {
  const sql = prepareStatements(db);
  const noKey = "is protected by a key that is not at hand: open the log where the key is";

  function checkEntry(entry: EntryRow, previous: Link, erased: ReadonlySet<number>): string | null {
    const { id, salt, summary, terms, payload, digest } = entry;
    if (id !== previous.id + 1) return `Entry ${previous.id + 1} is missing.`;
    if (previous.isKeyed === 1 && entry.isKeyed === 0 && entry.operation !== unkeyedOperation)
      return `Entry ${id} is not protected by the key, but older ones are.`;
    const hash = key.of(entry.isKeyed);
    if (hash === undefined) return `Entry ${id} ${noKey}.`;
    if (!hashEntry(hash, previous.hash, toChainFields(entry), digest).equals(entry.hash))
      return `Entry ${id} was changed, or one before it.`;
    if (salt === null || summary === null || terms === null)
      return erased.has(id) ? null : `What entry ${id} said is missing, and no erasure is on record.`;
    return toDigest({ salt, summary, terms, payload }).equals(digest) ? null : `What entry ${id} said was changed.`;
  }

  function checkSeal(seal: SealRow, previous: SealRow | undefined): string | null {
    const [expectedId, expectedFirst] = [(previous?.id ?? 0) + 1, (previous?.lastId ?? 0) + 1];
    if (seal.id !== expectedId || seal.firstId !== expectedFirst) return `The seal before ${dayOf(seal)} is missing.`;
    const hash = key.of(seal.isKeyed);
    if (hash === undefined) return `The seal of ${dayOf(seal)} ${noKey}.`;
    const fits = hashSeal(hash, previous?.hash ?? genesis, seal).equals(seal.hash);
    return fits ? null : `The seal of ${dayOf(seal)} was changed, or one before it.`;
  }

  function checkSeals(seals: readonly SealRow[]): string | null {
    for (const [index, seal] of seals.entries()) {
      const problem = checkSeal(seal, seals[index - 1]);
      if (problem !== null) return problem;
    }
    const kept = seals.findIndex(({ droppedAt }) => droppedAt === null);
    const late = kept === -1 ? undefined : seals.slice(kept).find(({ droppedAt }) => droppedAt !== null);
    return late === undefined ? null : `The day ${dayOf(late)} was dropped before older days.`;
  }

  /**
   * Walks entries from `from` on; hands each to `visit`, which may stop the walk with a problem. The chain begins at
   * `start`: an entry before it, which should be gone, does not fit.
   */
  function walkEntries(
    { start, from }: Beginning,
    visit: (entry: EntryRow, previous: Link) => string | null,
  ): Readonly<{ last: Link; entries: number; problem: string | null }> {
    let [last, entries] = [start, 0];
    for (;;) {
      const rows = sql.after.all(last.id === start.id ? from : last.id, page);
      for (const row of rows) {
        const problem = visit(row, last);
        if (problem !== null) return { last, entries, problem };
        last = row;
        entries += 1;
      }
      if (rows.length < page) return { last, entries, problem: null };
    }
  }

  function checkHead(head: HeadRow | undefined, last: Link): string | null {
    if (head === undefined) return last.id === 0 ? null : "The end of the log is not on record.";
    if (head.lastId > last.id) return `The end of the log is cut off after entry ${last.id}.`;
    if (head.lastId < last.id || !head.lastHash.equals(last.hash)) return "The log does not end where it is on record.";
    const hash = key.of(head.isKeyed);
    if (hash === undefined) return `The end of the log ${noKey}.`;
    return hashHead(hash, head.lastId, head.lastHash).equals(head.mark)
      ? null
      : "The record of the log's end was changed.";
  }

  /**
   * Where the chain begins: after the last day that was dropped. A day that is being dropped is passed over too: of what
   * is left of it the older part is gone, so that nothing could be followed through it; its seal stands for it.
   */
  function findBeginning(
    seals: readonly SealRow[],
    droppedThrough: number,
  ): Beginning & Readonly<{ problem: string | null }> {
    const gone = seals.findLast(({ droppedAt }) => droppedAt !== null);
    const going = seals.find(
      ({ firstId, lastId, droppedAt }) => droppedAt === null && firstId <= droppedThrough && droppedThrough < lastId,
    );
    const seal = going ?? gone;
    if (seal === undefined) return { start: { id: 0, hash: genesis, isKeyed: 0 }, from: 0, problem: null };
    const start = { id: seal.lastId, hash: seal.lastHash, isKeyed: seal.isKeyed };
    if (going === undefined) return { start, from: 0, problem: null };
    const stray = sql.after.get(0, 1);
    const problem =
      stray !== undefined && stray.id <= droppedThrough ? `Entry ${stray.id} is there although it was dropped.` : null;
    return { start, from: going.lastId, problem };
  }

  function verify(): AuditVerification {
    const seals = sql.seals.all();
    const bySealEnd = new Map(seals.map((seal) => [seal.lastId, seal]));
    const erased = new Set(sql.erasures.all().flatMap((text) => fromJson(erasedIds, text).pushed));
    const head = sql.head.get();
    const begin = findBeginning(seals, head?.droppedThrough ?? 0);
    const sealProblem = checkSeals(seals);
    let hasKeyed = begin.start.isKeyed === 1;
    let unkeyed = 0;
    const walked = walkEntries(begin, (entry, previous) => {
      if (entry.isKeyed === 1) hasKeyed = true;
      else if (hasKeyed) unkeyed += 1;
      const seal = bySealEnd.get(entry.id);
      const misfit = seal !== undefined && !seal.lastHash.equals(entry.hash);
      return (
        checkEntry(entry, previous, erased) ??
        (misfit ? `Entry ${entry.id} does not fit the seal of ${dayOf(seal)}.` : null)
      );
    });
    const stray = sql.strayPayload.get();
    const strayProblem = stray === undefined ? null : `There are words for entry ${stray}, which is not in the log.`;
    const problem = sealProblem ?? begin.problem ?? walked.problem ?? checkHead(head, walked.last) ?? strayProblem;
    const isKeyed = head === undefined ? key.isAtHand() : head.isKeyed === 1;
    const chain = unkeyed > 0 ? "mixed" : isKeyed ? "hmac" : "sha256";
    return { ok: problem === null, entries: walked.entries, seals: seals.length, chain, unkeyed, problem };
  }

  // One read transaction: a running engine may append meanwhile.
  const consistent = db.transaction(verify);
  return () => consistent.deferred();
}
