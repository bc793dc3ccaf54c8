import { beforeEach, expect, test } from "vitest";
import type { HostCall } from "../../../src-main/shell/engine-host/calls.ts";
import { createPauseSwitch, pauseEnds, type TimedPause } from "../../../src-main/shell/pause-switch.ts";

let states: Map<number, string>;
let timed: TimedPause;
let now: number;
let isAnswering: boolean;

beforeEach(() => {
  states = new Map([
    [1, "active"],
    [2, "paused"],
    [3, "active"],
  ]);
  timed = null;
  now = 1_000;
  isAnswering = true;
});

const integration = (id: number) => ({
  id,
  tenant: "acme",
  crm: "hubspot",
  label: "HubSpot",
  baseUrl: null,
  account: null,
  state: states.get(id),
  blockedReason: null,
  restUntil: null,
  secret: { kind: "env", name: "TOKEN" },
  unknownCaller: "hold",
  since: null,
  settings: {},
  createdAt: 1,
});

const open = () =>
  createPauseSwitch({
    host: {
      call({ name, input }: HostCall) {
        const { id } = input as { id: number };
        if (isAnswering && name === "integrations:pause") states.set(id, "paused");
        if (isAnswering && name === "integrations:resume") states.set(id, "active");
        const value = name === "integrations:list" ? { integrations: [1, 2, 3].map(integration) } : integration(id);
        const fault = { code: "busy", message: "The agent is starting." } as const;
        return {
          answer: Promise.resolve(isAnswering ? { ok: true, value } : { ok: false, fault }),
          cancel: () => undefined,
        };
      },
    },
    newRequestId: () => "click-0001",
    now: () => now,
    timed: { read: () => timed, write: (pause) => void (timed = pause) },
  });
const standing = () => [...states.values()].join(" ");

test("a pause for an hour ends by itself, also after a restart, and leaves what a person had paused before", async () => {
  const ends = pauseEnds(now).hour;
  await open().pauseAll(ends);
  expect(standing()).toBe("paused paused paused");
  const later = open();
  expect(later.until()).toBe(ends);
  await later.look();
  expect(standing()).toBe("paused paused paused");
  now = ends;
  await later.look();
  expect(standing()).toBe("active paused active");
  expect(later.until()).toBeNull();
});

test("a pause that ends while the agent is away ends when it is back", async () => {
  const pause = open();
  await pause.pauseAll(now + 1);
  now += 1;
  isAnswering = false;
  await pause.look();
  expect(pause.until()).toBe(now);
  isAnswering = true;
  await pause.look();
  expect(standing()).toBe("active paused active");
});

test("who resumes, or pauses for good, hears of no end any more", async () => {
  const pause = open();
  await pause.pauseAll(now + 1);
  await pause.resumeAll();
  expect([pause.until(), standing()]).toEqual([null, "active active active"]);
  await pause.pauseAll(now + 1);
  await pause.pauseAll(null);
  now += 1;
  await pause.look();
  expect(standing()).toBe("paused paused paused");
});

test("tomorrow is the next morning at eight, also late in the evening", () => {
  const evening = new Date(2026, 10, 19, 23, 50).getTime();
  expect(pauseEnds(evening).tomorrow).toBe(new Date(2026, 10, 20, 8, 0).getTime());
});
