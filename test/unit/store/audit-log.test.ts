import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditDraft } from "../../../src-main/engine/ports/audit-log.ts";
import { payloadLimit } from "../../../src-main/engine/store/audit-payload.ts";
import { type Ledger, aLeg, aReadCall, anIntegration, createLedger, importCalls } from "../../builders/ledger.ts";

let ledger: Ledger;
beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

const audit = () => ledger.store.audit;
const aDraft = (change: Partial<AuditDraft> = {}): AuditDraft => ({
  at: ledger.clock.now(),
  tenant: "acme",
  callId: null,
  deliveryId: null,
  integrationId: null,
  operation: "test.note",
  outcome: "info",
  summary: "nothing special",
  ...change,
});
const append = (...changes: readonly Partial<AuditDraft>[]): void => audit().append(changes.map(aDraft));
const found = (text: string, limit = 50): readonly string[] =>
  audit()
    .search(text, limit)
    .map(({ summary }) => summary);

describe("search", () => {
  test("finds words of the summary, the terms, the reason, the code and what went over the wire", () => {
    append(
      { summary: "first", terms: ["Alice Example"] },
      { summary: "second one", reason: "value_rejected", code: "INVALID_OPTION" },
      {
        summary: "third",
        payload: { pushed: { hs_call_title: "Inbound call" }, answered: { message: "Property values were not valid" } },
      },
    );
    expect(found("alice")).toEqual(["first"]);
    expect(found("Example Alice")).toEqual(["first"]);
    expect(found("value_rejected")).toEqual(["second one"]);
    expect(found("INVALID_OPTION")).toEqual(["second one"]);
    expect(found("second")).toEqual(["second one"]);
    expect(found("not valid")).toEqual(["third"]);
    expect(found("Inbound")).toEqual(["third"]);
    expect(found("Exam")).toEqual(["first"]);
    expect(found("nobody")).toEqual([]);
  });

  test("finds what went over the wire by its values, whatever signs they hold, and not by the names of its fields", () => {
    append({
      summary: "a",
      payload: { pushed: { hs_call_body: 'the "body": a\\ b' }, answered: { status: 201, ids: ["51"] } },
    });
    for (const value of ["body", "a b", "201", "51"]) expect(found(value), value).toEqual(["a"]);
    for (const field of ["hs_call_body", "pushed", "ids"]) expect(found(field), field).toEqual([]);
  });

  test("finds nothing by what was left out of a payload that is too large", () => {
    const names = Array.from({ length: 300 }, (_, index) => [
      `a_field_with_a_name_of_sixty_characters_or_so_${index}`,
      "v",
    ]);
    append({ summary: "a", payload: { pushed: { ...Object.fromEntries(names), password: "hunter2secret" } } });
    expect(found("hunter2secret")).toEqual([]);
    expect(found("a")).toEqual(["a"]);
  });

  test("finds a number in any spelling and by any part of four digits or more", () => {
    append({ summary: "a", terms: ["+447700900123"] }, { summary: "b", terms: ["+447700900456"] });
    expect(found("+447700900123")).toEqual(["a"]);
    expect(found("07700 900123")).toEqual(["a"]);
    expect(found("+44 (7700) 900-456")).toEqual(["b"]);
    expect(found("00447700900456")).toEqual(["b"]);
    expect(found("0123")).toEqual(["a"]);
    expect(found("9004")).toEqual(["b"]);
    expect(found("7700900")).toEqual(["b", "a"]);
    expect(found("123")).toEqual([]);
  });

  test("finds the entries of a call by our id, by the log's id and by its number, although their words name none", () => {
    anIntegration(ledger);
    importCalls(ledger, [aReadCall("1795161600.17", [aLeg({ from: "+447700900777" })]), aReadCall("1795161600.18")]);
    const [call] = ledger.store.reports.findCalls("1795161600.17", 5);
    append({ callId: call?.rowId ?? 0, summary: "about the call" }, { callId: 999, summary: "about another" });
    expect(found(call?.callId ?? "")).toEqual(["about the call"]);
    expect(found("1795161600.17")).toEqual(["about the call"]);
    expect(found("+447700900777")).toEqual(["about the call"]);
    // One that names the call leads to the others of it; what is known whole is not looked for as a part of something longer.
    append({ callId: call?.rowId ?? 0, summary: "names it", terms: [call?.callId ?? "", "+447700900777"] });
    append({ summary: "another's", terms: ["+1447700900777", "1795161600.171"] });
    expect(found(call?.callId ?? "")).toEqual(["names it", "about the call"]);
    expect(found("1795161600.17")).toEqual(["names it", "about the call"]);
    expect(found("+447700900777")).toEqual(["names it", "about the call"]);
    expect(found("+447700900777", 1)).toEqual(["names it"]);
    append({ callId: call?.rowId ?? 0, summary: "taken up again" });
    expect(found("+447700900777", 1)).toEqual(["taken up again"]);
    expect(found("900777")).toEqual(["another's", "names it"]);
  });

  test("takes whatever a person types as words, never as a query", () => {
    append({ summary: 'said "hello" AND left' });
    expect(found('"hello"')).toHaveLength(1);
    expect(found("hello AND left")).toHaveLength(1);
    for (const text of [
      '"',
      "'",
      "*",
      "a*b(",
      "NOT",
      "NEAR(a b)",
      "^x",
      "col:val",
      "-",
      "\u0000",
      "((((",
      "summary : x",
      "%",
      "💥",
    ])
      expect(() => found(text)).not.toThrow();
  });

  test("gives the newest first and no more than asked; without a text the newest of all", () => {
    append({ summary: "old word" }, { summary: "new word" }, { summary: "other" });
    expect(found("word")).toEqual(["new word", "old word"]);
    expect(found("word", 1)).toEqual(["new word"]);
    expect(found(" ", 2)).toEqual(["other", "new word"]);
  });

  test("takes the last word also as a beginning, unless entries that hold it whole are as many as asked for", () => {
    append({ summary: "a word" }, { summary: "some words" }, { summary: "wordless" });
    expect(found("word")).toEqual(["wordless", "some words", "a word"]);
    expect(found("word", 2)).toEqual(["wordless", "some words"]);
    expect(found("word", 1)).toEqual(["a word"]);
  });

  test("is in step with entries written inside a larger transaction, and forgets what was undone", () => {
    anIntegration(ledger);
    const { budget, deliveries } = ledger.store;
    const write = (then: () => void) => () =>
      deliveries.commitAttempts([], () => {
        append({ summary: "within", terms: ["+447700900888"] });
        budget.reserve(1, { cost: { day: 1 }, lane: 0, at: 1, sessionId: 1 });
        then();
      });
    const fail = (): void => {
      throw new Error("undone");
    };
    expect(write(fail)).toThrow("undone");
    expect(found("within")).toEqual([]);
    expect(found("900888")).toEqual([]);
    write(() => undefined)();
    expect(found("within")).toEqual(["within"]);
    expect(found("900888")).toEqual(["within"]);
    expect(audit().verify()).toMatchObject({ ok: true });
  });
});

describe("payloads", () => {
  const payloadOf = (payload: NonNullable<AuditDraft["payload"]>): string => {
    append({ payload });
    return audit().search("", 1)[0]?.payload ?? "";
  };

  test("are kept as they are when they fit", () => {
    expect(JSON.parse(payloadOf({ pushed: { a: 1 }, answered: "ok" }))).toEqual({ pushed: { a: 1 }, answered: "ok" });
  });

  test("that are too large keep the beginning of both sides, say what is missing and stay JSON", () => {
    const text = payloadOf({ pushed: { note: '"'.repeat(40_000) }, answered: { message: "x".repeat(40_000) } });
    expect(text.length).toBeLessThanOrEqual(payloadLimit);
    const kept = JSON.parse(text);
    expect(kept).toMatchObject({ truncated: true });
    expect(kept.pushed).toMatch(/^\{"note":"\\".*characters left out\]$/);
    expect(kept.answered).toMatch(/^\{"message":"xxx.*characters left out\]$/);
  });

  test("never hold what is named like a credential", () => {
    const text = payloadOf({
      pushed: {
        headers: { Authorization: "Bearer abc123" },
        refresh_token: "abc123",
        clientSecret: "abc123",
        title: "Call",
      },
      answered: { access_token: "abc123" },
    });
    expect(text).not.toContain("abc123");
    expect(text).toContain("Call");
  });
});

test("entries come in order and by pages, with what was written and nothing more", () => {
  append({ summary: "one", status: 201 }, { summary: "two", nextRetryAt: 5, reason: "no_match" }, { summary: "three" });
  const entries = audit().entries({ afterId: 1, limit: 1 });
  expect(entries).toEqual([
    {
      ...aDraft({ summary: "two", nextRetryAt: 5, reason: "no_match" }),
      id: 2,
      payload: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  expect(
    audit()
      .entries({ afterId: 2, limit: 10 })
      .map(({ summary }) => summary),
  ).toEqual(["three"]);
});

test("the database itself refuses to change or to delete entries and seals", () => {
  append({});
  ledger.clock.jumpWall(2 * 86_400_000);
  audit().seal(ledger.clock.now());
  const attack = (sql: string) => () => ledger.raw((db) => db.prepare(sql).run());
  expect(attack("UPDATE audit SET outcome = 'ok'")).toThrow(/append-only/);
  expect(attack("DELETE FROM audit")).toThrow(/append-only/);
  expect(attack("UPDATE audit_payload SET summary = ''")).toThrow(/append-only/);
  expect(attack("DELETE FROM audit_seal")).toThrow(/seals/);
  expect(attack("UPDATE audit_seal SET entry_count = 7")).toThrow(/seals/);
});
