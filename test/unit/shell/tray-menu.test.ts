import { expect, test } from "vitest";
import { toTrayView, type TrayFacts } from "../../../src-main/shell/tray-menu.ts";
import { aConnection, aDay, aGroup, anImport, noStates } from "../../builders/window-ledger.ts";

const day = aDay({ calls: 412 });
const [integration] = day.byIntegration;
const today = (states: Partial<typeof noStates>, change: Parameters<typeof aDay>[0] = {}) =>
  aDay({
    calls: 412,
    ...change,
    byIntegration: integration === undefined ? [] : [{ ...integration, states: { ...noStates, ...states } }],
  });

const facts = (change: Partial<TrayFacts> = {}): TrayFacts => ({
  engine: { phase: "running", since: 1, restarts: 0, pid: 1 },
  today: aDay({
    outcomes: { delivered: 400, acknowledged: 1, queued: 2, waiting: 2, held: 1, sending: 4, checking: 2 },
  }),
  connections: [aConnection()],
  attention: [],
  imports: [],
  startAtLogin: false,
  pausedUntil: null,
  now: new Date(2026, 10, 19, 14, 30).getTime(),
  ...change,
});
const labels = (change: Partial<TrayFacts> = {}) =>
  toTrayView(facts(change)).lines.map((line) => (line === "separator" ? "—" : line.label));

test("on a good day the menu says how the calls stand, and offers what a person does", () => {
  const view = toTrayView(facts());
  expect(view.mark).toBe("fine");
  expect(view.tooltip).toBe("CallLedger: 412 calls today, all accounted for");
  expect(labels()).toEqual([
    "412 calls today, all accounted for",
    "400 delivered, 11 waiting, 0 skipped, 1 acknowledged",
    "—",
    "Open CallLedger",
    "Find a call…",
    "Import files…",
    "—",
    "Pause sending",
    "Start at login",
    "—",
    "Quit and stop reading calls…",
  ]);
});

test("what needs a person is the first that one sees, and leads to it", () => {
  const blocked = aConnection({ state: "blocked", blockedReason: "auth_revoked" });
  const view = toTrayView(facts({ attention: [aGroup({ count: 2 }), aGroup({ id: "b" })], connections: [blocked] }));
  expect(view).toMatchObject({ mark: "needs-you", tooltip: "CallLedger: 3 calls need you" });
  expect(view.lines).toContainEqual({ label: "3 calls need you", action: { do: "open", route: "attention" } });
  expect(view.lines).toContainEqual({ label: "HubSpot waits for you", action: { do: "open", route: "connections" } });
});

test("the five marks: fine, working, needs you, paused, not working", () => {
  const paused = [aConnection({ state: "paused" })];
  const mark = (change: Partial<TrayFacts>) => toTrayView(facts(change)).mark;
  expect(mark({})).toBe("fine");
  expect(mark({ imports: [anImport()] })).toBe("working");
  expect(mark({ attention: [aGroup()], imports: [anImport()] })).toBe("needs-you");
  expect(mark({ connections: paused, imports: [anImport()] })).toBe("paused");
  expect(mark({ connections: [...paused, aConnection({ id: 2 })] })).toBe("fine");
  const restarting = { phase: "restarting", since: 1, restarts: 1, retryAt: 2 } as const;
  expect(mark({ engine: restarting, attention: [aGroup()] })).toBe("not-working");
  expect(mark({ engine: { phase: "starting", since: 1, restarts: 0 } })).toBe("fine");
});

test("the parts of the second line make up the calls, however many CRMs each goes to", () => {
  const second = labels({
    today: aDay({ outcomes: { delivered: 366, waiting: 9, held: 3, skipped: 31, failed: 3 } }),
  })[1];
  expect(second).toBe("366 delivered, 12 waiting, 31 skipped, 3 failed");
  expect((second ?? "").match(/\d+/g)?.reduce((sum, count) => sum + Number(count), 0)).toBe(412);
});

test("a CRM that asked for a rest is said with the time of its end, and no longer when that is over", () => {
  const restUntil = new Date(2026, 10, 19, 14, 35).getTime();
  const resting = { connections: [aConnection({ restUntil })] };
  expect(labels(resting)).toContain("HubSpot is resting, next try 14:35");
  expect(labels({ ...resting, now: restUntil }).join()).not.toContain("resting");
});

test("a reading is told with its file and how far it is", () => {
  const progress = {
    file: "/logs/calls-2024.csv",
    filesDone: 0,
    files: 1,
    rows: 10,
    bytes: 61,
    totalBytes: 100,
    rowsPerSecond: 1,
    secondsLeft: 1,
  };
  expect(toTrayView(facts({ imports: [anImport({ progress })] })).tooltip).toBe(
    "CallLedger: reading calls-2024.csv, 61 %",
  );
  expect(toTrayView(facts({ imports: [anImport({ progress: null })] })).tooltip).toBe("CallLedger: reading files");
});

test("sending is paused for an hour, until tomorrow or for good, and the tooltip says until when and what waits", () => {
  const line = toTrayView(facts()).lines.find((each) => each !== "separator" && each.label === "Pause sending");
  expect(line).toMatchObject({
    below: [
      { label: "For 1 hour", action: { do: "pause", for: "hour" } },
      { label: "Until tomorrow 08:00", action: { do: "pause", for: "tomorrow" } },
      { label: "Until I resume", action: { do: "pause", for: "ever" } },
    ],
  });
  const connections = [aConnection({ state: "paused", deliveries: { ...noStates, queued: 3, waiting: 15 } })];
  const pausedUntil = new Date(2026, 10, 19, 15, 30).getTime();
  expect(toTrayView(facts({ connections, pausedUntil })).tooltip).toBe(
    "CallLedger: paused until 15:30. Calls are still read, 18 wait",
  );
});

test("paused, the menu offers to resume", () => {
  const paused = { connections: [aConnection({ state: "paused" })] };
  expect(labels(paused)).toContain("Resume sending");
  expect(labels(paused)).not.toContain("Pause sending");
  expect(toTrayView(facts(paused)).tooltip).toBe("CallLedger: paused. Calls are still read");
});

test.each([
  [{ phase: "restarting", since: 1, restarts: 1, retryAt: 2 }, "The agent stopped and is starting again"],
  [{ phase: "held", since: 1, retryAt: 2, message: "m" }, "Another CallLedger works on this data"],
  [{ phase: "refused", since: 1, message: "m" }, "The data folder cannot be used"],
] as const)("an engine that is %o is said", (engine, sentence) => {
  expect(labels({ engine })[0]).toBe(sentence);
  expect(labels({ engine }).includes("Try again")).toBe(engine.phase === "refused");
});

test("before the first answer, without calls, and with a balance that does not close, it says just that", () => {
  expect(labels({ today: undefined })[0]).toBe("The agent is starting");
  expect(labels({ today: aDay({ calls: 0 }) }).slice(0, 2)).toEqual(["No calls yet today", "—"]);
  expect(labels({ today: today({ delivered: 1 }, { calls: 1, balanced: false }) })[0]).toBe(
    "1 call today, and the balance does not close yet",
  );
});

test("failed and skipped calls are counted", () => {
  const skipped = aDay({ outcomes: { delivered: 400, failed: 2, skipped: 10 } });
  expect(labels({ today: skipped })[1]).toBe("400 delivered, 0 waiting, 10 skipped, 2 failed");
});

test("the tooltip keeps to what the systems show", () => {
  const many = Number.MAX_SAFE_INTEGER;
  expect(toTrayView(facts({ today: today({}, { calls: many }) })).tooltip.length).toBeLessThanOrEqual(127);
});

test("starting at login is a tick", () => {
  const line = { label: "Start at login", checked: true, action: { do: "toggle-login" } };
  expect(toTrayView(facts({ startAtLogin: true })).lines).toContainEqual(line);
});
