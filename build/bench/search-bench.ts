import { rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Database } from "better-sqlite3";
import { systemClock, systemRandom } from "../../src-main/engine/main.ts";
import { entryColumns } from "../../src-main/engine/store/audit-row.ts";
import { openDatabase } from "../../src-main/engine/store/database.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { run } from "./contender.ts";
import { toQuantiles } from "./quantiles.ts";
import { prepareLedger } from "./queues/prepare-ledger.ts";
import { createSeededRandom } from "./seeded-random.ts";

export type SearchAsk = Readonly<{
  /** Audit entries, two for each call. */
  entries: number;
  /** Times that each search is asked; its least counts. */
  rounds: number;
  scratch: string;
}>;

type Times = Readonly<{ p50: number; p95: number }>;
/** What one kind of search costs, ms. `bare`: the same entries by one statement; `scan`: by a look at every text. */
type Searched = Readonly<{ what: string; bare: Times; scan: Times | null }> & Times;
export type SearchResult = Readonly<{ entries: number; searches: readonly Searched[] }>;

const limit = 50;
const asks = 50;
/** A scan takes up to seconds. */
const scans = 5;
/** Completed in one transaction: nothing is sent, so there is no answer to wait for. */
const batch = "1000";
const mostP95Ms = 500;

/**
 * Each text by every search in turn, once to warm up and then `rounds` times, of which the least counts: what else the
 * computer does is no cost of a search.
 */
function timesOf(texts: readonly string[], searches: readonly Query[], rounds: number): readonly Times[] {
  for (const text of texts) for (const search of searches) search(text);
  const taken = searches.map(() => texts.map(() => Number.POSITIVE_INFINITY));
  for (let round = 0; round < rounds; round += 1)
    for (const [asked, text] of texts.entries())
      for (const [place, search] of searches.entries()) {
        const startedAt = performance.now();
        search(text);
        const ms = performance.now() - startedAt;
        const least = taken[place];
        if (least !== undefined) least[asked] = Math.min(ms, least[asked] ?? ms);
      }
  return taken.map((times) => {
    const { p50Ms, p95Ms } = toQuantiles(times);
    return { p50: p50Ms, p95: p95Ms };
  });
}

const nothing: Times = { p50: Number.NaN, p95: Number.NaN };
type Query = (text: string) => readonly unknown[];

/** The plainest SQL for each kind of search, in the tables that the product keeps, with the entries themselves as the answer. */
function prepareBare(db: Database) {
  const prepare = (ids: string, toText: (text: string) => string = (text) => text): Query => {
    const select = db.prepare<[string]>(
      `SELECT ${entryColumns} WHERE a.id IN (${ids} ORDER BY 1 DESC LIMIT ${limit}) ORDER BY a.id DESC`,
    );
    return (text) => select.all(toText(text));
  };
  const quoted = (text: string): string =>
    text
      .split(" ")
      .map((word) => `"${word}"`)
      .join(" AND ");
  const words = "SELECT rowid FROM audit_fts WHERE audit_fts MATCH";
  const ofCalls = "SELECT id FROM audit WHERE call_id IN (SELECT call_id FROM audit WHERE id IN";
  return {
    /** What names a call: not every entry of it does. */
    byCall: prepare(`${ofCalls} (${words} ? ORDER BY 1 DESC LIMIT ${limit}))`, quoted),
    byWords: prepare(`${words} ?`, quoted),
    byBeginning: prepare(`${words} ?`, (text) => `"${text}" *`),
    byPart: prepare(
      `${words} (SELECT group_concat('"' || number || '"', ' OR ') FROM (SELECT number FROM phone_fts WHERE number LIKE ? LIMIT 200))`,
      (text) => `%${text}%`,
    ),
    byScan: prepare("SELECT audit_id FROM audit_payload WHERE terms || payload LIKE ?", (text) => `%${text}%`),
  };
}

/** Calls that were delivered, drawn from all over the log. */
function drawCalls(db: Database) {
  const random = createSeededRandom(7);
  const most = db.prepare<[], number>("SELECT max(id) FROM call").pluck().get() ?? 0;
  const next = db.prepare<[number], { callId: string; number: string }>(
    `SELECT c.log_key AS callId, CASE c.direction WHEN 'inbound' THEN c.from_party ELSE c.to_party END AS number
     FROM call c JOIN delivery d ON d.call_id = c.id
     WHERE c.id >= ? AND d.state = 'delivered' AND number GLOB '+[0-9]*' ORDER BY c.id LIMIT 1`,
  );
  const drawn = Array.from({ length: asks * 2 }, () => next.get(Math.floor(random() * most)) ?? []).flat();
  if (drawn.length < asks) throw new Error(`only ${drawn.length} calls with a number were found`);
  return drawn.slice(0, asks);
}

/** A ledger whose calls were imported and delivered. */
async function prepareSearched(dataDir: string, { entries, scratch }: SearchAsk): Promise<void> {
  const jobs = Math.ceil(entries / 2);
  await prepareLedger(dataDir, jobs + 1, scratch);
  await run({ file: "build/bench/queues/ledger.ts", args: [dataDir, String(jobs), batch, "whole"] }, scratch);
}

/** Searches in the audit log of a data folder, warm, newest 50 each. */
export function searchLedger(dataDir: string, rounds: number): SearchResult {
  const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "read" });
  const db = openDatabase(dataDir, "read", systemClock.now());
  try {
    const calls = drawCalls(db);
    const numbers = calls.map(({ number }) => number);
    const bare = prepareBare(db);
    const search: Query = (text) => store.audit.search(text, limit);
    const measure = (what: string, texts: readonly string[], query: Query, scanned: string | null): Searched => {
      const [times = nothing, plain = nothing] = timesOf(texts, [search, query], rounds);
      // A text that stands nowhere: one that is found early ends the look early.
      const [scan = null] = scanned === null ? [] : timesOf(Array<string>(scans).fill(scanned), [bare.byScan], 1);
      return { what, ...times, bare: plain, scan };
    };
    const same = (text: string): readonly string[] => calls.map(() => text);
    const ids = calls.map(({ callId }) => callId);
    return {
      entries: db.prepare<[], number>("SELECT count(*) FROM audit").pluck().get() ?? 0,
      searches: [
        measure("the id of a call", ids, bare.byCall, null),
        measure("a whole number", numbers, bare.byCall, null),
        measure("a common word", same("delivery.accept"), bare.byWords, "no such word"),
        measure("two words", same("hubspot 201"), bare.byWords, null),
        measure("the beginning of a word", same("hubs"), bare.byBeginning, null),
        measure(
          "seven digits of a number",
          numbers.map((number) => number.slice(4, 11)),
          bare.byPart,
          "00000000000000",
        ),
        measure(
          "four digits of a number",
          numbers.map((number) => number.slice(5, 9)),
          bare.byPart,
          null,
        ),
      ],
    };
  } finally {
    db.close();
    store.close();
  }
}

/** Searches in the audit log of a ledger of so many entries. */
export async function measureSearch(ask: SearchAsk): Promise<SearchResult> {
  const dataDir = join(ask.scratch, "searched");
  await prepareSearched(dataDir, ask);
  const result = searchLedger(dataDir, ask.rounds);
  await rm(dataDir, { recursive: true });
  return result;
}

/** The worst of all kinds: p95 ÷ bare SQL, a scan ÷ a search (p50), and the slowest p95 ÷ what it may take. */
export const ratiosOfSearch = ({ searches }: SearchResult): Readonly<Record<"bare" | "scan" | "budget", number>> => ({
  bare: Math.max(...searches.map(({ p95, bare }) => p95 / bare.p95)),
  scan: Math.min(...searches.flatMap(({ p50, scan }) => (scan === null ? [] : [scan.p50 / p50]))),
  budget: Math.max(...searches.map(({ p95 }) => p95)) / mostP95Ms,
});

/** A table for people. */
export function showSearch(result: SearchResult): void {
  const { entries, searches } = result;
  console.log(`${entries.toLocaleString("en")} audit entries; the newest ${limit}, warm, ms:`);
  console.table(
    Object.fromEntries(
      searches.map(({ what, p50, p95, bare, scan }) => [
        what,
        {
          p50: p50.toFixed(2),
          p95: p95.toFixed(2),
          "bare SQL (p95)": bare.p95.toFixed(2),
          "p95 ÷ bare SQL": (p95 / bare.p95).toFixed(2),
          "scan (p50)": scan?.p50.toFixed(0) ?? "",
          "scan ÷ p50": scan === null ? "" : (scan.p50 / p50).toFixed(0),
        },
      ]),
    ),
  );
  const ratios = ratiosOfSearch(result);
  console.log("The worst of them:");
  console.table({
    "p95 ÷ the same by bare SQL": { is: ratios.bare.toFixed(2), target: "at most 3" },
    "a scan ÷ a search": { is: ratios.scan.toFixed(0), target: "at least 50 with a million entries" },
    "slowest p95 (ms)": { is: (ratios.budget * mostP95Ms).toFixed(1), target: `at most ${mostP95Ms}` },
  });
}
