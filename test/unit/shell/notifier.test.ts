import { beforeEach, expect, test } from "vitest";
import { createNotifier, type Notice, type ToldCause } from "../../../src-main/shell/notifier.ts";
import { aConnection, aGroup } from "../../builders/window-ledger.ts";

let shown: Notice[];
let withdrawn: string[];
let told: readonly ToldCause[];
let now: number;
let isOn: boolean;
let muted: readonly string[];
let isHeld: boolean;

beforeEach(() => {
  shown = [];
  withdrawn = [];
  told = [];
  now = 1_000_000;
  isOn = true;
  muted = [];
  isHeld = false;
});

const notifier = () =>
  createNotifier({
    show: (notice) => void shown.push(notice),
    withdraw: (key) => void withdrawn.push(key),
    told: { read: () => told, write: (causes) => void (told = causes) },
    now: () => now,
    isOn: (kind) => isOn && !muted.includes(kind),
    isHeld: () => isHeld,
  });

test("a new cause is told once, with its own place to go to, however many calls it has", () => {
  const { attention } = notifier();
  attention([aGroup({ id: "1-value_rejected-aa", count: 1 })]);
  attention([aGroup({ id: "1-value_rejected-aa", count: 46 })]);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatchObject({ route: "attention/1-value_rejected-aa", sound: false });
  expect(shown[0]?.body).toBe("1 call waits for you. Nothing is lost.");
});

test("a cause that was told stays silent after a restart of the app", () => {
  notifier().attention([aGroup()]);
  const later = notifier();
  later.attention([aGroup()]);
  expect(shown).toHaveLength(1);
});

test("a cause that is settled takes its notice back; within an hour its return is no news, later it is", () => {
  const { attention } = notifier();
  attention([aGroup()]);
  attention([]);
  expect(withdrawn).toContain("group:1a2b");
  now += 3_599_000;
  attention([aGroup()]);
  expect(shown).toHaveLength(1);
  attention([]);
  now += 3_600_000;
  attention([]);
  attention([aGroup()]);
  expect(shown).toHaveLength(2);
  expect(told).toEqual([{ key: "group:1a2b", goneAt: null }]);
});

test("a group that is empty is no cause", () => {
  notifier().attention([aGroup({ count: 0 })]);
  expect(shown).toEqual([]);
});

test("an account that is stopped is told with what to do; only a sign-in that was revoked makes a sound", () => {
  const { connections } = notifier();
  connections([aConnection({ state: "blocked", blockedReason: "auth_revoked" })]);
  now += 600_000;
  connections([aConnection({ state: "blocked", blockedReason: "account_suspended" })]);
  expect(shown.map(({ sound, route }) => ({ sound, route }))).toEqual([
    { sound: true, route: "connections" },
    { sound: false, route: "connections" },
  ]);
  expect(withdrawn).toContain("connection:1 auth_revoked");
});

test("more than two causes within five minutes become one notice; after that each is told by itself again", () => {
  const { attention } = notifier();
  attention([aGroup({ id: "a" }), aGroup({ id: "b" })]);
  expect(shown.map(({ key }) => key)).toEqual(["group:a", "group:b"]);
  now += 60_000;
  attention([aGroup({ id: "a" }), aGroup({ id: "b" }), aGroup({ id: "c" })]);
  expect(shown.at(-1)).toMatchObject({ key: "many", title: "3 things need you", route: "attention" });
  expect(withdrawn).toEqual(expect.arrayContaining(["group:a", "group:b"]));
  now += 300_000;
  attention([aGroup({ id: "c" }), aGroup({ id: "d" })]);
  expect(shown.at(-1)?.key).toBe("group:d");
  attention([]);
  expect(withdrawn).toContain("many");
});

test("switched off, nothing is shown, and what came meanwhile is no news when it is switched on", () => {
  isOn = false;
  const { attention } = notifier();
  attention([aGroup()]);
  isOn = true;
  attention([aGroup()]);
  expect(shown).toEqual([]);
});

test("no notice holds a caller's number or name, since lock screens show them to everybody", () => {
  const { attention } = notifier();
  attention([aGroup({ detail: "Alice Example +447700900134", cause: "field Phone" })]);
  expect(JSON.stringify(shown)).not.toMatch(/Alice|7700/);
});

test("a silent source is told with its time, and taken back when it is heard", () => {
  const { silent, heard } = notifier();
  const since = new Date(2026, 1, 18, 10, 0).getTime();
  silent({ event: "source:silent", sourceId: 3, path: "/logs", since, expected: 40, usualToday: 60 });
  expect(shown).toMatchObject([{ title: "No calls since 10:00", route: "sources" }]);
  expect(shown[0]?.body).toContain("40 by now");
  heard(3);
  expect(withdrawn).toEqual(["silence:3"]);
});

test("a group that healed by itself is told as settled, and not where notices are off", () => {
  const healed = { event: "group:healed", integrationId: 1, label: "Acme HubSpot", reason: "field_missing" } as const;
  notifier().healed({ ...healed, count: 14 });
  expect(shown).toMatchObject([{ title: "Acme HubSpot: 14 calls are going out again", route: "calls" }]);
  isOn = false;
  notifier().healed({ ...healed, count: 1 });
  expect(shown).toHaveLength(1);
});

test("what a person does not want to hear of is not shown, and all else is", () => {
  muted = ["blocked", "silent"];
  const { attention, connections, silent } = notifier();
  connections([aConnection({ state: "blocked", blockedReason: "auth_revoked" })]);
  silent({ event: "source:silent", sourceId: 3, path: "/logs", since: now, expected: 40, usualToday: 60 });
  expect(shown).toEqual([]);
  attention([aGroup()]);
  expect(shown).toHaveLength(1);
});

test("outside office hours a cause is held; when they begin, what still stands is told together, and nothing twice", () => {
  isHeld = true;
  const { attention, connections, wake, healed } = notifier();
  attention([aGroup({ id: "a" }), aGroup({ id: "b" })]);
  connections([aConnection({ state: "blocked", blockedReason: "auth_revoked" })]);
  healed({ event: "group:healed", integrationId: 1, label: "Acme", reason: "field_missing", count: 2 });
  wake();
  expect(shown).toEqual([]);
  attention([aGroup({ id: "b" })]);
  isHeld = false;
  wake();
  expect(shown.map(({ key }) => key)).toEqual(["group:b", "connection:1 auth_revoked"]);
  wake();
  expect(shown).toHaveLength(2);
});
