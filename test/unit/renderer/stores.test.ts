import { beforeEach, describe, expect, test } from "vitest";
import { createConnectionsStore } from "../../../src-renderer/state/connections-store.ts";
import { createAttentionStore } from "../../../src-renderer/state/attention-store.ts";
import { createCallsStore, merge, type CallsStore } from "../../../src-renderer/state/calls-store.ts";
import { createLedgerStore } from "../../../src-renderer/state/ledger-store.ts";
import { createNoticeStore } from "../../../src-renderer/state/notice-store.ts";
import { createReadingStore } from "../../../src-renderer/state/reading-store.ts";
import { createStoryStore } from "../../../src-renderer/state/story-store.ts";
import { createScriptedBridge, type ScriptedBridge } from "../../builders/scripted-bridge.ts";
import { aDay, aGroup, aLine } from "../../builders/window-ledger.ts";

let script: ScriptedBridge;
beforeEach(() => {
  script = createScriptedBridge();
});

const page = (from: number, to: number, next: number | null = null) => ({
  calls: Array.from({ length: from - to + 1 }, (_, index) => aLine(from - index)),
  next,
});
const ids = (calls: CallsStore) => calls.getState().lines.map(({ rowId }) => rowId);

describe("the list of calls", () => {
  test("asks one question at a time, and the last one typed wins", async () => {
    const calls = createCallsStore(script.bridge, () => 0);
    calls.filter({ text: "0" });
    calls.filter({ text: "02" });
    calls.filter({ text: "020" });
    expect(script.asked.map(({ input }) => input.text)).toEqual(["0"]);
    await script.answer(page(3, 1));
    expect(ids(calls)).toEqual([]);
    expect(script.asked.map(({ input }) => input.text)).toEqual(["0", "020"]);
    await script.answer(page(2, 2));
    expect(ids(calls)).toEqual([2]);
    expect(calls.getState().status).toBe("ready");
  });

  test("goes on by pages, and drops a page of an older question", async () => {
    const calls = createCallsStore(script.bridge, () => 0);
    void calls.load();
    await script.answer(page(9, 7, 7));
    void calls.loadMore();
    void calls.loadMore();
    expect(script.asked.map(({ input }) => input.before)).toEqual([null, 7]);
    await script.answer(page(6, 5, 5));
    expect(ids(calls)).toEqual([9, 8, 7, 6, 5]);
    void calls.loadMore();
    calls.filter({ outcome: "failed" });
    await script.answer(page(4, 1));
    await script.answer(page(9, 9));
    expect(ids(calls)).toEqual([9]);
    expect(calls.getState().isLoadingMore).toBe(false);
  });

  test("a fault is kept and asked again; it never asks by itself for ever", async () => {
    const calls = createCallsStore(script.bridge, () => 0);
    void calls.load();
    void calls.refresh();
    await script.fail("busy", "The agent is starting.");
    expect(calls.getState()).toMatchObject({ status: "failed", fault: { message: "The agent is starting." } });
    expect(script.asked).toHaveLength(1);
    void calls.refresh();
    await script.answer(page(2, 1));
    expect(ids(calls)).toEqual([2, 1]);
  });

  test("keeps new calls apart while somebody reads, and takes them at once where nobody does", async () => {
    const calls = createCallsStore(script.bridge, () => 0);
    void calls.load();
    await script.answer(page(3, 1));
    void calls.refresh();
    await script.answer(page(4, 1));
    expect(ids(calls)).toEqual([4, 3, 2, 1]);
    calls.select(3);
    void calls.refresh();
    await script.answer(page(6, 1));
    expect(ids(calls)).toEqual([4, 3, 2, 1]);
    expect(calls.getState().fresh.map(({ rowId }) => rowId)).toEqual([6, 5]);
    calls.showFresh();
    expect(ids(calls)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test("a refresh renews what it covers and leaves older pages as they are", () => {
    const calls = createCallsStore(script.bridge, () => 0);
    calls.setState({ ...page(9, 1), lines: page(9, 1).calls, next: 1, status: "ready" });
    const failed = aLine(8, { outcome: "failed" });
    const merged = merge(calls.getState(), { calls: [aLine(9), failed, aLine(7)], next: 7 });
    expect(merged.lines?.map(({ rowId }) => rowId)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(merged.lines?.[1]).toBe(failed);
    expect(merged).not.toHaveProperty("next");
    expect(merge(calls.getState(), { calls: [aLine(9)], next: null })).toMatchObject({ next: null });
  });
});

describe("what needs attention", () => {
  test("a second click while the first is on its way does nothing", async () => {
    const attention = createAttentionStore(script.bridge, "Europe/London", () => 1_763_562_710_000);
    const first = attention.replay("1a2b");
    expect(await attention.replay("1a2b")).toBeUndefined();
    expect(await attention.acknowledge("1a2b", "no")).toBeUndefined();
    await script.answer({ replayed: 3 });
    expect(await first).toEqual({ ok: true, value: { replayed: 3 } });
    expect(script.asked).toHaveLength(1);
    expect(attention.getState().busy).toBeNull();
  });

  test("an answer for a cause that was left is not shown under another", async () => {
    const attention = createAttentionStore(script.bridge, "Europe/London", () => 1_763_562_710_000);
    void attention.open("first");
    void attention.open("second");
    await script.answer({ group: null, letters: [{ id: 1 }] });
    expect(attention.getState()).toMatchObject({ target: "second", status: "loading", letters: [] });
    await script.fail("bad_input", "No group is named second.");
    expect(attention.getState()).toMatchObject({ status: "failed", fault: { message: "No group is named second." } });
  });
});

test("an acknowledgement is taken back by the moment of its click", async () => {
  const attention = createAttentionStore(script.bridge, "Europe/London", () => 1_763_562_710_000);
  const done = attention.acknowledge("1a2b", "a test");
  await script.answer({ acknowledged: 3 });
  const acknowledged = await done;
  if (acknowledged === undefined) throw new Error("the click was not taken");
  const back = attention.takeBack(acknowledged);
  await script.answer({ replayed: 3 });
  expect(await back).toEqual({ ok: true, value: { replayed: 3 } });
  expect(script.asked.at(-1)?.input).toEqual({ target: "1a2b@1763562710000", note: "" });
});

describe("the connected accounts", () => {
  test("a look at one is kept with its time, its failure too, and no second click goes out meanwhile", async () => {
    const connections = createConnectionsStore(script.bridge, () => 7);
    const first = connections.check(2);
    void connections.check(3);
    expect(await connections.remove(2)).toBeUndefined();
    expect(connections.getState().busy).toBe(2);
    await script.answer({ integrationId: 2, ok: false, account: null, problem: "The key was removed." });
    await script.answer({ integrations: [] });
    await first;
    expect(connections.getState().checks).toEqual({
      2: { at: 7, ok: false, account: null, problem: "The key was removed." },
    });
    const second = connections.check(2);
    await script.fail("busy", "The agent is starting.");
    await script.answer({ integrations: [] });
    await second;
    expect(connections.getState().checks[2]).toMatchObject({ ok: false, problem: "The agent is starting." });
    expect(script.asked.map(({ name }) => name)).toEqual([
      "integrations:check",
      "integrations:list",
      "integrations:check",
      "integrations:list",
    ]);
  });

  test("that cannot be listed say why, and can be asked for again", async () => {
    const connections = createConnectionsStore(script.bridge, () => 7);
    void connections.load();
    await script.fail("busy", "The agent is starting.");
    expect(connections.getState()).toMatchObject({ status: "failed", fault: { message: "The agent is starting." } });
    void connections.load();
    await script.answer({ integrations: [] });
    expect(connections.getState()).toMatchObject({ status: "ready", fault: null });
  });
});

describe("the ledger", () => {
  test("keeps the time of the last numbers when the agent stops", () => {
    let at = 100;
    const ledger = createLedgerStore(script.bridge, () => at);
    const end = ledger.follow();
    script.push("today", { now: aDay() });
    expect(ledger.getState().asOf).toBeNull();
    script.push("engine", { now: { phase: "running", since: 1, restarts: 0, pid: 1 } });
    at = 200;
    script.push("engine", { now: { phase: "restarting", since: 200, restarts: 1, retryAt: 300 } });
    expect(ledger.getState()).toMatchObject({ asOf: 100, today: { calls: 412 } });
    end();
    expect(script.followed()).toEqual([]);
  });

  test("puts the newest cause first, and asks for sources only when one of their folders changed", async () => {
    const ledger = createLedgerStore(script.bridge, () => 1);
    ledger.follow();
    script.push("attention", { a: aGroup({ id: "a", lastAt: 1 }), b: aGroup({ id: "b", lastAt: 2 }) });
    expect(ledger.getState().attention?.map(({ id }) => id)).toEqual(["b", "a"]);
    const totals = {
      deliveries: aDay().byIntegration[0]?.states ?? {},
      sources: 1,
      folders: [{ id: 1, state: "watched" }],
      nextDueAt: null,
    };
    script.push("totals", { now: totals as never });
    script.push("totals", { now: totals as never });
    expect(script.asked.map(({ name }) => name)).toEqual(["sources:list"]);
    await script.answer({ sources: [] });
    expect(ledger.getState().sources).toEqual([]);
    script.push("totals", { now: { ...totals, folders: [{ id: 1, state: "missing" }] } as never });
    await script.fail("busy", "The agent is starting.");
    expect(ledger.getState()).toMatchObject({ sources: [], sourcesFault: { message: "The agent is starting." } });
  });
});

describe("a look at what is offered", () => {
  const place = { region: "GB", timeZone: "Europe/London" };

  test("is taken anew for another choice, and the answer to the older one is dropped", async () => {
    const reading = createReadingStore(script.bridge);
    reading.propose({ paths: ["/logs/a.csv"], isFolder: false });
    void reading.look(place);
    void reading.look({ ...place, region: "IE" });
    await script.answer({ files: [{ file: "/logs/a.csv" }] });
    expect(reading.getState().preview).toMatchObject({ status: "looking", files: [] });
    await script.answer({ files: [] });
    expect(reading.getState().preview).toEqual({ status: "ready", files: [], fault: null });
    expect(script.asked.map(({ input }) => input)).toEqual([
      { paths: ["/logs/a.csv"], format: "auto", settings: place },
      { paths: ["/logs/a.csv"], format: "auto", settings: { ...place, region: "IE" } },
    ]);
  });

  test("that fails says why, and one at files that are withdrawn is forgotten", async () => {
    const reading = createReadingStore(script.bridge);
    await reading.look(place);
    expect(script.asked).toEqual([]);
    reading.propose({ paths: ["/logs/a.csv"], isFolder: false });
    void reading.look(place);
    await script.fail("busy", "The agent is starting.");
    expect(reading.getState().preview).toMatchObject({
      status: "failed",
      fault: { message: "The agent is starting." },
    });
    void reading.look(place);
    reading.withdraw();
    await script.answer({ files: [] });
    expect(reading.getState().preview).toBeNull();
  });
});

describe("reading files", () => {
  const choice = { tenant: "acme", system: " Front desk ", region: "GB", timeZone: "Europe/London", watch: false };

  test("a reading that is refused before it begins is proposed again with the reason", async () => {
    const reading = createReadingStore(script.bridge);
    const offer = { paths: ["/logs/a.csv"], isFolder: false };
    reading.propose(offer);
    expect(await reading.start(choice)).toBe(true);
    await script.fail("bad_input", "There is no tenant acme.");
    expect(reading.getState()).toMatchObject({ offer, fault: { message: "There is no tenant acme." } });
    expect(await reading.start(choice)).toBe(true);
    await script.fail("canceled", "Stopped.");
    expect(reading.getState()).toMatchObject({ offer: null, fault: null });
  });

  test("begins only with a person's word, and passes on how to read", async () => {
    const reading = createReadingStore(script.bridge);
    expect(await reading.start(choice)).toBe(false);
    reading.propose({ paths: ["/logs/a.csv"], isFolder: false });
    expect(script.asked).toEqual([]);
    expect(await reading.start(choice)).toBe(true);
    expect(script.asked).toEqual([
      {
        name: "ingest:import",
        input: {
          paths: ["/logs/a.csv"],
          tenant: "acme",
          format: "auto",
          system: "Front desk",
          settings: { region: "GB", timeZone: "Europe/London" },
        },
      },
    ]);
    expect(reading.getState().offer).toBeNull();
  });

  test("a folder that cannot be watched keeps the question open and says why", async () => {
    const reading = createReadingStore(script.bridge);
    reading.propose({ paths: ["/logs"], isFolder: true });
    const started = reading.start({ ...choice, watch: true });
    await script.fail("bad_input", "The folder is watched already.");
    expect(await started).toBe(false);
    expect(reading.getState()).toMatchObject({ isBusy: false, fault: { message: "The folder is watched already." } });
    expect(reading.getState().offer).not.toBeNull();
    reading.cancel("reading-0001");
    expect(script.canceled).toEqual(["reading-0001"]);
  });
});

test("the story of a call that was left never replaces the one that is open", async () => {
  const stories = createStoryStore(script.bridge, "Europe/London");
  void stories.open({ callId: "1", tenant: null });
  void stories.open({ callId: "2", tenant: "acme" });
  expect(script.asked.map(({ input }) => input.text)).toEqual(["1", "1", "2", "2"]);
  await script.answer({ story: { callId: "1", tenant: "acme" }, candidates: [] });
  await script.answer(page(1, 1));
  expect(stories.getState()).toMatchObject({ target: { callId: "2" }, status: "loading", story: null });
  await script.answer({ story: null, candidates: [] });
  await script.answer(page(1, 1));
  expect(stories.getState()).toMatchObject({ status: "ready", story: null, line: null });
});

test("a notice is dismissed only by its own end", () => {
  const notices = createNoticeStore();
  notices.show("first");
  const first = notices.getState().notice?.id ?? 0;
  notices.show("second");
  notices.dismiss(first);
  expect(notices.getState().notice?.text).toBe("second");
});
