import { rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import Sqlite from "better-sqlite3";
import { systemClock, systemRandom } from "../../src-main/engine/main.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { run } from "./contender.ts";
import { toQuantiles } from "./quantiles.ts";
import { prepareLedger } from "./queues/prepare-ledger.ts";
import { createSeededRandom } from "./seeded-random.ts";

export type SearchAsk = Readonly<{
  /** Audit entries, two for each call. */
  entries: number;
  scratch: string;
}>;

/** What one kind of search costs, ms. `bare`: the same by SQL alone, where there is such a thing; `scan`: by a look at every text. */
type Searched = Readonly<{ what: string; p50: number; p95: number; bare: number | null; scan: number | null }>;
export type SearchResult = Readonly<{ entries: number; searches: readonly Searched[] }>;

const limit = 50;
const asks = 40;

function timesOf(texts: readonly string[], search: (text: string) => unknown): Readonly<{ p50: number; p95: number }> {
  for (const text of texts.slice(0, 3)) search(text);
  const times = texts.map((text) => {
    const startedAt = performance.now();
    search(text);
    return performance.now() - startedAt;
  });
  const { p50Ms, p95Ms } = toQuantiles(times);
  return { p50: p50Ms, p95: p95Ms };
}

/** Searches in the audit log of a ledger whose calls were imported and delivered, warm, newest 50 each. */
export async function measureSearch({ entries, scratch }: SearchAsk): Promise<SearchResult> {
  const dataDir = join(scratch, "searched");
  const jobs = Math.ceil(entries / 2);
  await prepareLedger(dataDir, jobs + 1, scratch);
  await run({ file: "build/bench/queues/ledger.ts", args: [dataDir, String(jobs), "100", "whole"] }, scratch);
  const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "read" });
  const db = new Sqlite(join(dataDir, "callledger.db"), { readonly: true });
  try {
    const random = createSeededRandom(7);
    const found = db
      .prepare<[], { callId: string; number: string }>(
        `SELECT c.log_key AS callId, coalesce(CASE c.direction WHEN 'inbound' THEN c.from_party ELSE c.to_party END, '') AS number
         FROM call c JOIN delivery d ON d.call_id = c.id WHERE d.state = 'delivered' AND c.id % 97 = 7 LIMIT 2000`,
      )
      .all()
      .filter(({ number }) => number.startsWith("+"));
    const some = Array.from({ length: asks }, () => found[Math.floor(random() * found.length)]).flatMap(
      (each) => each ?? [],
    );
    const words = db
      .prepare<[string, number], number>(
        "SELECT rowid FROM audit_fts WHERE audit_fts MATCH ? ORDER BY rowid DESC LIMIT ?",
      )
      .pluck();
    const scan = db
      .prepare<[string, number], number>(
        "SELECT audit_id FROM audit_payload WHERE payload LIKE ? ORDER BY audit_id DESC LIMIT ?",
      )
      .pluck();
    const quote = (text: string): string => `"${text}"`;
    const measure = (
      what: string,
      texts: readonly string[],
      bare: ((text: string) => unknown) | null,
      scanned: string | null,
    ): Searched => ({
      what,
      ...timesOf(texts, (text) => store.audit.search(text, limit)),
      bare: bare === null ? null : timesOf(texts, bare).p95,
      // A text that stands nowhere: one that is found early ends the look early.
      scan: scanned === null ? null : timesOf([scanned], (text) => scan.all(`%${text}%`, limit)).p50,
    });
    const byWords = (text: string): unknown => words.all(text.split(" ").map(quote).join(" AND "), limit);
    const numbers = some.map(({ number }) => number);
    return {
      entries: db.prepare<[], number>("SELECT count(*) FROM audit").pluck().get() ?? 0,
      searches: [
        measure(
          "the id of a call",
          some.map(({ callId }) => callId),
          null,
          null,
        ),
        measure("a whole number", numbers, null, null),
        measure(
          "a common word",
          some.map(() => "delivery.accept"),
          byWords,
          "no such word",
        ),
        measure(
          "two words",
          some.map(() => "hubspot 201"),
          byWords,
          null,
        ),
        measure(
          "the beginning of a word",
          some.map(() => "hubs"),
          null,
          null,
        ),
        measure(
          "seven digits of a number",
          numbers.map((number) => number.slice(4, 11)),
          null,
          "00000000000000",
        ),
        measure(
          "four digits of a number",
          numbers.map((number) => number.slice(5, 9)),
          null,
          null,
        ),
      ],
    };
  } finally {
    db.close();
    store.close();
    await rm(dataDir, { recursive: true });
  }
}

export function showSearch({ entries, searches }: SearchResult): void {
  console.log(`${entries.toLocaleString("en")} audit entries; the newest ${limit}, warm, ms:`);
  const text = (value: number | null, digits: number): string => (value === null ? "" : value.toFixed(digits));
  console.table(
    Object.fromEntries(
      searches.map(({ what, p50, p95, bare, scan }) => [
        what,
        {
          p50: text(p50, 2),
          p95: text(p95, 2),
          "÷ bare SQL (p95)": bare === null ? "" : (p95 / bare).toFixed(2),
          "a scan ÷ this": scan === null ? "" : (scan / p50).toFixed(0),
        },
      ]),
    ),
  );
  console.log("Targets: p95 under 500 ms; at most 3 × the bare SQL; a scan at least 50 × slower at a million entries.");
}
