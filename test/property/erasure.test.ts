import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
} from "../builders/ledger.ts";

/**
 * Tables with words, and why nothing of a caller can stay in them. What an erasure goes through is filled by the test below:
 * a table that is new is to be put on one of the two lists.
 */
const withoutCallers: Readonly<Record<string, string>> = {
  account_memory: "what a CRM said of the account",
  agent_setting: "settings of the agent",
  alert: "sentences without names and numbers, for other people's machines",
  alert_cause: "names of causes",
  attempt: "keys and hashes",
  audit: "metadata alone; the words are in audit_payload",
  budget_entry: "costs",
  budget_hour: "costs",
  budget_word: "limits",
  crm_schema: "fields of the CRM",
  crm_schema_baseline: "fields of the CRM",
  delivery_tally: "counts",
  file: "paths of files that are there, and where reading stopped",
  group_trial: "causes of groups",
  integration: "accounts",
  ledger: "the ledger's own name",
  phone_system: "names",
  reading_skip: "counts",
  source: "paths and settings",
  source_state: "paths and what is wrong with folders",
  tenant: "names",
};
const throughWhichItGoes = [
  "audit_payload",
  "call",
  "call_revision",
  "crm_check",
  "crm_check_finding",
  "dead_run",
  "delivery",
  "delivery_match",
  "field_conflict",
  "match_correction",
  "match_rule",
  "own_number",
  "person_ledger",
  "phone",
  "delivery_written",
  "reading",
  "request",
  "skipped_row",
  "source_file",
];
/** The copy of the CRM follows the CRM: who is deleted there is gone here with the next round. */
const ofTheMirror = /^mirror(_|$)/;

const tail = "700900947";
const theirs = `+447${tail}`;
let ledger: Ledger;
const now = (): number => ledger.clock.now();

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

const isShadow = /_fts(_|$)/;
const tablesOf = (db: Database): readonly string[] =>
  db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all()
    .filter((name) => !isShadow.test(name) && !ofTheMirror.test(name));

test("every table with words is one that an erasure goes through, or one of which is said why no caller is in it", () => {
  const withWords = ledger.raw((db) =>
    tablesOf(db).filter((table) =>
      db.prepare<[string], string>("SELECT type FROM pragma_table_info(?)").pluck().all(table).includes("TEXT"),
    ),
  );
  expect([...throughWhichItGoes, ...Object.keys(withoutCallers)].toSorted()).toEqual(withWords);
});

/** As logs, people and CRMs write the number. */
const writtenForm = fc.constantFrom(
  theirs,
  `0${theirs.slice(3)}`,
  `${theirs.slice(0, 3)} ${theirs.slice(3, 7)} ${theirs.slice(7)}`,
  `0${theirs.slice(3, 7)}-${theirs.slice(7)}`,
  `+44 (0)${theirs.slice(3, 7)}/${theirs.slice(7)}`,
  `0044${theirs.slice(3)}`,
  `44.${theirs.slice(3, 7)}.${theirs.slice(7)}`,
);
const plan = fc.record({
  call: writtenForm,
  revision: writtenForm,
  words: fc.array(writtenForm, { minLength: 12, maxLength: 12 }),
  calls: fc.integer({ min: 1, max: 4 }),
});

/** The number in every table that an erasure goes through, in some way of writing it. */
function fill({ call, revision, words, calls }: typeof plan extends fc.Arbitrary<infer P> ? P : never): void {
  anIntegration(ledger);
  const word = (place: number): string => words[place % words.length] ?? theirs;
  const from = (raw: string) => ({ from: theirs, leg: `raw ${raw}` });
  const reads = Array.from({ length: calls }, (_, at) =>
    aReadCall(`C${at}`, [aLeg({ ...from(call), at: firstStart + at * 60_000 })]),
  );
  importCalls(ledger, reads, { skipped: [{ line: 9, reason: "malformed", detail: `bad row of ${word(0)}` }] });
  importCalls(ledger, [
    aReadCall("C0", [aLeg({ ...from(call) }), aLeg({ ...from(revision), talk: 5, at: firstStart + 1 })]),
  ]);
  const nothing = { tenant: null, callId: null, deliveryId: null, integrationId: null };
  const said = { at: now(), ...nothing, operation: "person.create", outcome: "ok" as const };
  ledger.store.audit.append([
    { ...said, summary: `A contact for ${word(1)}.`, terms: [theirs] },
    { ...said, summary: "A contact.", payload: { pushed: { phone: word(2) }, answered: { mobile: word(3) } } },
  ]);
  ledger.store.tenants.ensure("acme", now());
  ledger.store.requests.keep("r1", () => ({ ok: true, value: { said: word(4) } }));
  ledger.raw((db) => {
    db.pragma("foreign_keys = ON");
    const put = (sql: string, ...values: readonly unknown[]) => db.prepare(sql).run(...values);
    put("INSERT INTO own_number VALUES (1, ?, 2, NULL)", theirs);
    put(
      "INSERT INTO person_ledger (tenant_id, crm, account_id, number, begun_at, missing_reads) VALUES (1, 'hubspot', '4711', ?, 1, 0)",
      theirs,
    );
    put(
      "INSERT INTO match_rule (integration_id, number, object, person_id, name, made_by, made_at) VALUES (1, ?, 'contacts', '5', 'Alice Example', 'x', 1)",
      theirs,
    );
    put(
      "INSERT INTO match_correction (delivery_id, rule_id, made_by, made_at, match_before) VALUES (1, 1, 'x', 1, ?)",
      word(5),
    );
    put(
      "INSERT INTO delivery_match VALUES (1, ?, 'contacts', '5', 'Alice Example', '[]', 'only', ?, '[]', 1)",
      theirs,
      word(6),
    );
    put("INSERT INTO delivery_written VALUES (1, '[]', json_object('subject', ?), 1, '{}')", `Call from ${word(7)}`);
    put(
      "INSERT INTO field_conflict (delivery_id, integration_id, field, ours, theirs, seen_at, state) VALUES (1, 1, 'subject', ?, 'x', 1, 'open')",
      word(8),
    );
    put(
      "INSERT INTO crm_check (integration_id, kind, asked_at, asked_by, ended_at, trouble, cursor) VALUES (1, 'copies', 1, 'x', 2, ?, 0)",
      `refused for ${word(9)}`,
    );
    put("INSERT INTO crm_check_finding VALUES (1, 1, 'edited', ?, '[]')", `subject is ${word(10)}`);
    put(
      "INSERT INTO dead_run (kind, target, actor, note, asked_at, from_state, since, until, cursor_since, cursor_id) VALUES ('acknowledge', '1', 'x', ?, 1, 'dead', 0, 1, 0, 0)",
      `spoke to ${word(11)}`,
    );
    put("UPDATE delivery SET note = ?, detail = ? WHERE id = 1", `note on ${word(0)}`, `detail on ${word(1)}`);
    put("UPDATE reading SET error = ? WHERE id = 1", `stopped at ${word(2)}`);
    put("INSERT INTO source (phone_system_id, path, format, settings, added_at) VALUES (1, '/logs', 'auto', '{}', 1)");
    put(
      "INSERT INTO source_file (source_id, path, size, modified_at, outcome, problem, noted_at) VALUES (1, 'a.csv', 1, 1, 'failed', ?, 1)",
      `row of ${word(3)}`,
    );
  });
}

const strip = (text: string): string => text.replaceAll(/[\s()./-]/g, "");

/** Places of the ledger, as `table.column`, that still have the digits. */
function whereItIs(): readonly string[] {
  return ledger.raw((db) =>
    tablesOf(db).flatMap((table) =>
      db
        .prepare<[], Readonly<Record<string, unknown>>>(`SELECT * FROM "${table}"`)
        .all()
        .flatMap((row) =>
          Object.entries(row).flatMap(([column, value]) =>
            strip(Buffer.isBuffer(value) ? value.toString("latin1") : String(value)).includes(tail)
              ? [`${table}.${column}`]
              : [],
          ),
        ),
    ),
  );
}

test("after an erasure no table, index or search index has the number, however it was written, and the log verifies", () => {
  fc.assert(
    fc.property(plan, (given) => {
      fill(given);
      const before = new Set(whereItIs().map((place) => place.split(".")[0]));
      expect(before).toEqual(new Set(throughWhichItGoes));
      ledger.store.erasure.erase(theirs, { at: now(), actor: "an admin" });
      expect(whereItIs()).toEqual([]);
      expect(ledger.store.audit.verify()).toMatchObject({ ok: true });
      expect(ledger.store.audit.search("900947", 5)).toEqual([]);
      expect(ledger.store.erasure.find(theirs)).toMatchObject({ calls: 0, auditEntries: 0, recordCount: 0 });
      ledger.store.close();
      // Index and search pages, free pages and the log: the file as it lies on the disk.
      for (const name of readdirSync(ledger.dataDir).filter((entry) => entry.startsWith("callledger.db")))
        expect(strip(readFileSync(join(ledger.dataDir, name)).toString("latin1"))).not.toContain(tail);
      ledger.dispose();
      ledger = createLedger();
    }),
    { numRuns: 8 },
  );
});
