import { expect, test } from "vitest";
import { createServerClock } from "../../../../src-main/engine/sync/server-clock.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const minuteMs = 60_000;

function aServerClock() {
  const clock = createVirtualClock();
  /** Ms that the monotonic clock did not see. */
  const unseen = { ms: 0 };
  const server = createServerClock({ ...clock, monotonic: () => clock.monotonic() - unseen.ms });
  return { clock, unseen, server };
}

test("our own time stands in for the CRM's until the first answer, and is known to be no more than that", async () => {
  const { clock, server } = aServerClock();
  expect(server.isKnown()).toBe(false);
  expect(server.now()).toBe(clock.now());
  const theirs = clock.now() + 90_000;
  server.learn(theirs);
  expect(server.isKnown()).toBe(true);
  await clock.advance(minuteMs);
  expect(server.now()).toBe(theirs + minuteMs);
});

test("a clock that is set does not move the CRM's time, but until the next answer nobody is sure of it", () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now();
  server.learn(theirs);
  for (const jump of [-86_400_000, 90_000]) {
    clock.jumpWall(jump);
    expect(server.isKnown()).toBe(false);
    expect(server.now()).toBe(theirs);
    server.learn(theirs);
    expect(server.isKnown()).toBe(true);
  }
});

test("a sleep that the monotonic clock does not see makes the CRM's time unknown until the next answer", async () => {
  const { clock, unseen, server } = aServerClock();
  const theirs = clock.now();
  server.learn(theirs);
  await clock.advance(10 * minuteMs);
  unseen.ms = 10 * minuteMs;
  expect(server.now()).toBe(theirs);
  expect(server.isKnown()).toBe(false);
  server.learn(theirs + 10 * minuteMs);
  expect(server.isKnown()).toBe(true);
  expect(server.now()).toBe(theirs + 10 * minuteMs);
});

test("a time server's nudge is no jump, and a second that is cut off pulls nothing back", async () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now();
  server.learn(theirs);
  clock.jumpWall(900);
  expect(server.isKnown()).toBe(true);
  await clock.advance(999);
  server.learn(theirs);
  expect(server.now()).toBe(theirs + 999);
  server.learn(theirs + 2_000);
  expect(server.now()).toBe(theirs + 2_000);
});
