import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ConflictView } from "../../../src-shared/ipc/conflict-views.ts";
import type { MatchCandidate, MatchChoice } from "../../../src-shared/ipc/match-views.ts";
import { addDays, stepDay, toDaySpan, toWeekSpan } from "../../../src-renderer/state/call-span.ts";
import { createCallsStore } from "../../../src-renderer/state/calls-store.ts";
import { createChoiceStore } from "../../../src-renderer/state/choice-store.ts";
import { createConflictsStore } from "../../../src-renderer/state/conflicts-store.ts";
import { createFinderStore } from "../../../src-renderer/state/finder-store.ts";
import { createWrittenStore } from "../../../src-renderer/state/written-store.ts";
import { toCandidateLines } from "../../../src-renderer/views/attention/candidate-lines.ts";
import { toConflictGroups } from "../../../src-renderer/views/attention/conflict-groups.ts";
import { toHealed } from "../../../src-renderer/views/attention/healed.ts";
import { toDifference } from "../../../src-renderer/views/attention/text-difference.ts";
import { toMarked } from "../../../src-renderer/views/finder/marked-text.ts";
import { mondayOf, moveOnRail, toRail } from "../../../src-renderer/views/calls/time-rail.ts";
import { createFormats } from "../../../src-renderer/words/formats.ts";
import { createScriptedBridge, type ScriptedBridge } from "../../builders/scripted-bridge.ts";

const formats = createFormats("en-GB", "Europe/London");
const now = Date.UTC(2026, 10, 19, 14, 31, 50);
let script: ScriptedBridge;
beforeEach(() => {
  script = createScriptedBridge();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a day or a week of calls", () => {
  test("has the bounds of the zone, also where the clock is changed", () => {
    expect(toDaySpan("2026-11-19", "Europe/London")).toEqual({
      kind: "day",
      date: "2026-11-19",
      from: Date.UTC(2026, 10, 19),
      to: Date.UTC(2026, 10, 20),
    });
    const longer = toDaySpan("2026-10-25", "Europe/London");
    expect((longer?.to ?? 0) - (longer?.from ?? 0)).toBe(25 * 3_600_000);
    expect(toWeekSpan("2026-11-16", "Europe/London")).toMatchObject({
      kind: "week",
      from: Date.UTC(2026, 10, 16),
      to: Date.UTC(2026, 10, 23),
    });
    expect(toWeekSpan("2026-11-09", "Europe/London", 2).to).toBe(Date.UTC(2026, 10, 23));
    for (const text of ["", "2026-1-1", "2026-13-01", "yesterday"]) expect(toDaySpan(text, "UTC")).toBeNull();
  });

  test("leads to the day before and after, never past today", () => {
    const today = "2026-11-19";
    expect(stepDay(null, -1, today)).toBe(today);
    expect(stepDay(toDaySpan(today, "UTC"), -1, today)).toBe("2026-11-18");
    expect(stepDay(toDaySpan(today, "UTC"), 1, today)).toBe(today);
    expect(stepDay(toWeekSpan("2026-11-02", "UTC"), 1, today)).toBe("2026-11-09");
    expect(stepDay(toWeekSpan("2026-11-02", "UTC"), -1, today)).toBe("2026-11-01");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("the rail of weeks", () => {
  const weekOf = (monday: string, calls: number) => ({ monday, calls });
  const rail = (weeks: readonly { monday: string; calls: number }[], rows = 50) =>
    toRail({ weeks, today: "2026-11-19", rows, labelEvery: 3, month: formats.month });

  test("has a bar for every week back to the oldest, as long as its share of the busiest", () => {
    const bars = rail([weekOf("2026-11-16", 50), weekOf("2026-11-02", 100), weekOf("2027-01-04", 9)]);
    expect(bars).toEqual([
      { monday: "2026-11-16", weeks: 1, calls: 50, share: 0.5, label: "Nov" },
      { monday: "2026-11-09", weeks: 1, calls: 0, share: 0, label: null },
      { monday: "2026-11-02", weeks: 1, calls: 100, share: 1, label: null },
    ]);
    expect(rail([])).toHaveLength(1);
    expect(mondayOf("2026-11-22")).toBe("2026-11-16");
    expect(mondayOf("2026-11-16")).toBe("2026-11-16");
  });

  test("puts weeks together where there are more than fit, and names a year before a month", () => {
    const many = Array.from({ length: 100 }, (_, index) => weekOf(addDays("2026-11-16", -7 * index), 1));
    const bars = rail(many, 30);
    expect(bars).toHaveLength(25);
    expect(bars.every(({ weeks, calls }) => weeks === 4 && calls === 4)).toBe(true);
    expect(bars[0]?.monday).toBe("2026-10-26");
    const labels = rail(many, 100).flatMap(({ label }) => label ?? []);
    expect(labels.slice(0, 3)).toEqual(["Nov", "Oct", "Sept"]);
    expect(labels).toContain("2026");
    expect(bars.flatMap(({ label }) => label ?? [])).toContain("2026");
  });

  test("is gone through by keys, over weeks without calls", () => {
    const bars = rail([weekOf("2026-11-16", 5), weekOf("2026-11-02", 1), weekOf("2026-10-26", 1)]);
    expect(moveOnRail("ArrowDown", null, bars)).toBe(0);
    expect(moveOnRail("ArrowDown", 0, bars)).toBe(2);
    expect(moveOnRail("ArrowUp", 2, bars)).toBe(0);
    expect(moveOnRail("ArrowUp", null, bars)).toBe(3);
    expect(moveOnRail("PageDown", 0, bars)).toBe(3);
    expect(moveOnRail("Home", 3, bars)).toBe(0);
    expect(moveOnRail("End", 0, bars)).toBe(3);
    expect(moveOnRail("x", 0, bars)).toBeUndefined();
    expect(moveOnRail("Home", null, rail([]))).toBeUndefined();
    expect(moveOnRail("ArrowDown", null, rail([]))).toBeUndefined();
  });
});

describe("how many calls stand where", () => {
  const counted = { outcomes: {}, counted: 3, isWhole: true };

  test("is asked for one search at a time, at once for another one, and with a pause for new calls", async () => {
    vi.useFakeTimers();
    const calls = createCallsStore(script.bridge, () => Date.now());
    const asked = () => script.asked.filter(({ name }) => name === "calls:count").map(({ input }) => input.text);
    calls.count();
    calls.count();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toEqual([""]);
    calls.count();
    await script.answer(counted);
    expect(calls.getState().counts).toEqual(counted);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(asked()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked()).toHaveLength(2);
    calls.filter({ text: "0312" });
    expect(calls.getState().counts).toBeNull();
    await script.answer(counted);
    expect(calls.getState().counts).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toEqual(["", "", "0312"]);
  });

  test("stays while only the outcome changes", async () => {
    vi.useFakeTimers();
    const calls = createCallsStore(script.bridge, () => Date.now());
    calls.count();
    await vi.advanceTimersByTimeAsync(0);
    await script.answer(counted);
    calls.filter({ outcome: "failed" });
    expect(calls.getState().counts).toEqual(counted);
  });
});

describe("what one CRM got of a call", () => {
  test("is dropped where another delivery was opened meanwhile, and a fault is kept beside it", async () => {
    const written = createWrittenStore(script.bridge);
    void written.open(1);
    void written.open(2);
    await script.answer({ deliveryId: 1 });
    expect(written.getState()).toMatchObject({ deliveryId: 2, view: null });
    await script.answer({ deliveryId: 2 });
    void written.refresh();
    await script.fail("failed", "No.");
    expect(written.getState()).toMatchObject({ view: { deliveryId: 2 }, fault: { message: "No." } });
  });
});

const conflict = (id: number, change: Partial<ConflictView> = {}) =>
  ({ id, integrationId: 1, field: "Subject", ...change }) as ConflictView;

describe("conflicts", () => {
  test("about one field of one account are one thing to decide", () => {
    const groups = toConflictGroups([
      conflict(9),
      conflict(8, { field: "Notes" }),
      conflict(7),
      conflict(6, { integrationId: 2 }),
    ]);
    expect(groups.map(({ id, conflicts }) => [id, conflicts.map((each) => each.id)])).toEqual([
      ["conflict:1:Subject", [9, 7]],
      ["conflict:1:Notes", [8]],
      ["conflict:2:Subject", [6]],
    ]);
  });

  test("are settled by one click at a time, and asked for anew", async () => {
    const store = createConflictsStore(script.bridge);
    void store.settle(4, "use_ours");
    expect(await store.settle(4, "use_ours")).toBeUndefined();
    await script.answer({});
    await script.answer({ conflicts: [conflict(3)], next: null });
    expect(script.asked.map(({ name }) => name)).toEqual(["conflicts:settle", "conflicts:list"]);
    expect(store.getState()).toMatchObject({ conflicts: [{ id: 3 }], busy: null });
  });
});

describe("who a call was with", () => {
  const choice = { deliveryId: 5, callId: "C-1", tenant: "acme", integrationId: 2 } as MatchChoice;

  test("is told once, and a refusal is kept", async () => {
    const store = createChoiceStore(script.bridge);
    expect(await store.tell({ person: { object: "contacts", id: "1" }, rule: false, past: false })).toBeUndefined();
    void store.open(5);
    await script.answer(choice);
    const told = { person: { object: "contacts", id: "1" }, rule: true, past: false };
    void store.tell(told);
    expect(await store.tell(told)).toBeUndefined();
    expect(script.asked.at(-1)?.input).toEqual({ call: "C-1", tenant: "acme", id: 2, ...told });
    await script.fail("busy", "Not now.");
    expect(store.getState()).toMatchObject({ isBusy: false, fault: { message: "Not now." }, choice });
  });

  const candidate: MatchCandidate = {
    object: "contacts",
    id: "1",
    name: "Alice Example",
    kind: "person",
    companies: [],
    sameIn: [],
    otherIn: [],
    deal: null,
    lastActivityAt: null,
    owner: null,
    isOwnedByAgent: false,
    calls: 0,
  };
  const linesOf = (change: Partial<MatchCandidate>, agent: string | null = "ext:204") =>
    toCandidateLines({ ...candidate, ...change }, { formats, now, agent }).map(
      ({ isFor, text }) => `${isFor ? "+" : "-"} ${text}`,
    );

  test("is spoken for and against by what is known, and by nothing else", () => {
    expect(linesOf({})).toEqual(["- No activity yet"]);
    expect(
      linesOf({
        sameIn: ["salesforce", "zoho"],
        otherIn: ["hubspot"],
        deal: "Annual service",
        isOwnedByAgent: true,
        owner: "Kim Sample",
        calls: 2,
        lastActivityAt: now - 12 * 86_400_000,
      }),
    ).toEqual([
      "+ The person of this call in Salesforce and Zoho CRM",
      "+ Open deal “Annual service”",
      "+ Owned by the agent of the call",
      "+ 2 earlier calls of this number",
      "+ Last active 7 Nov",
    ]);
    expect(linesOf({ otherIn: ["hubspot"], owner: "Kim Sample" })).toEqual([
      "- Somebody else in HubSpot",
      "- Owned by Kim Sample",
      "- No activity yet",
    ]);
    expect(linesOf({ owner: "Kim Sample" }, null)).toEqual(["- No activity yet"]);
    expect(linesOf({ kind: "company" })).toEqual([
      "+ Right when a whole office shares it",
      "- No activity yet",
      "- No person on the call",
    ]);
  });
});

describe("the difference of two texts", () => {
  const told = (before: string, after: string): string =>
    toDifference(before, after)
      .map(({ kind, text }) => (kind === "same" ? text : kind === "added" ? `[+${text}]` : `[-${text}]`))
      .join("");

  test("is one stretch of whole words", () => {
    expect(told("Call, 8 min 02 s", "Call, 14 min 02 s")).toBe("Call, [-8 ][+14 ]min 02 s");
    expect(told("Call with Sam", "Call with Sam, again")).toBe("Call with [-Sam][+Sam, again]");
    expect(told("a b", "a b")).toBe("a b");
    expect(told("", "new")).toBe("[+new]");
    expect(told("old", "")).toBe("[-old]");
    expect(told("a a", "a a a")).toContain("[+");
  });

  test("gives back both texts, whatever they hold", () => {
    const texts = ["", "one", "one two", "two one", "one\ntwo  three", "  led"];
    for (const before of texts)
      for (const after of texts) {
        const parts = toDifference(before, after);
        expect(parts.flatMap(({ kind, text }) => (kind === "removed" ? [] : text)).join("")).toBe(after);
        if (parts.every(({ kind }) => kind === "same")) expect(before).toBe(after);
      }
  });
});

describe("the finder", () => {
  test("asks one question at a time, keeps what was found until newer comes, and asks nothing for commands", async () => {
    const finder = createFinderStore(script.bridge);
    const texts = () => script.asked.map(({ input }) => input.text);
    void finder.look("0");
    void finder.look("03");
    void finder.look("031");
    expect(texts()).toEqual(["0"]);
    await script.answer({ calls: [{ rowId: 1 }], next: null });
    expect(finder.getState().calls).toEqual([]);
    expect(texts()).toEqual(["0", "031"]);
    await script.answer({ calls: [{ rowId: 2 }], next: 2 });
    expect(finder.getState()).toMatchObject({ foundBy: "031", calls: [{ rowId: 2 }], hasMore: true });
    void finder.look("0312");
    expect(finder.getState()).toMatchObject({ text: "0312", foundBy: "031", calls: [{ rowId: 2 }] });
    await script.fail("busy", "Not now.");
    expect(finder.getState()).toMatchObject({ calls: [{ rowId: 2 }], fault: { message: "Not now." } });
    void finder.look("> pause");
    expect(texts()).toHaveLength(3);
    expect(finder.getState()).toMatchObject({ calls: [], foundBy: null, fault: null });
  });

  test("marks what was looked for in words and in numbers, whatever stands between the digits", () => {
    expect(toMarked("Alice Example", "EXAM")).toEqual(["Alice ", "Exam", "ple"]);
    expect(toMarked("+44 20 7946 0312", "0312")).toEqual(["+44 20 7946 ", "0312", ""]);
    expect(toMarked("+44 20 7946 0312", "60312")).toEqual(["+44 20 794", "6 0312", ""]);
    expect(toMarked("+44 20 7946 0312", "020 7946")).toEqual(["+44 ", "20 7946", " 0312"]);
    expect(toMarked("+44 20 7946 0312", "9999")).toEqual(["+44 20 7946 0312", "", ""]);
    expect(toMarked("ext 204", "greenhouse 204")).toEqual(["ext 204", "", ""]);
    expect(toMarked("Alice", "")).toEqual(["Alice", "", ""]);
  });
});

test("what healed is of this week, was sent again, and by nobody", () => {
  const run = { id: 1, kind: "heal", crm: "hubspot", reason: "too_large", delivered: 3, at: now - 1_000 };
  const runs = [
    run,
    { ...run, id: 2, kind: "replay" },
    { ...run, id: 3, delivered: 0 },
    { ...run, id: 4, crm: null },
    { ...run, id: 5, at: now - 8 * 86_400_000 },
    { ...run, id: 6, reason: null },
  ] as unknown as Parameters<typeof toHealed>[0];
  expect(toHealed(runs, now)).toEqual([
    { id: 1, crm: "hubspot", reason: "too_large", count: 3, at: now - 1_000 },
    { id: 6, crm: "hubspot", reason: "unknown", count: 3, at: now - 1_000 },
  ]);
});

test("a day of another year says which", () => {
  expect(formats.day(now)).toBe("Thursday 19 November");
  expect(formats.day(now, now)).toBe("Thursday 19 November");
  expect(formats.day(now - 365 * 86_400_000, now)).toBe("Wednesday 19 November 2025");
});
