import { expect, test } from "vitest";
import { createServerClock } from "../../../../src-main/engine/sync/server-clock.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const minuteMs = 60_000;

function aServerClock() {
  const clock = createVirtualClock();
  /** Ms that the monotonic clock did not see. */
  const unseen = { ms: 0 };
  const server = createServerClock({ ...clock, monotonic: () => clock.monotonic() - unseen.ms }, 10_000);
  return { clock, unseen, server };
}

test("our own time stands in for the CRM's until the first answer, and is known to be no more than that", async () => {
  const { clock, server } = aServerClock();
  expect(server.isKnown()).toBe(false);
  expect(server.now()).toBe(clock.now());
  const theirs = clock.now() + 90_000;
  server.listen()(theirs);
  expect(server.isKnown()).toBe(true);
  await clock.advance(minuteMs);
  expect(server.now()).toBe(theirs + minuteMs);
});

test("a clock that is set does not move the CRM's time, but until the next answer nobody is sure of it", () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now();
  server.listen()(theirs);
  for (const jump of [-86_400_000, 90_000]) {
    clock.jumpWall(jump);
    expect(server.isKnown()).toBe(false);
    expect(server.now()).toBe(theirs);
    server.listen()(theirs);
    expect(server.isKnown()).toBe(true);
  }
});

test("a sleep that the monotonic clock does not see makes the CRM's time unknown until the next answer", async () => {
  const { clock, unseen, server } = aServerClock();
  const theirs = clock.now();
  server.listen()(theirs);
  await clock.advance(10 * minuteMs);
  unseen.ms = 10 * minuteMs;
  expect(server.now()).toBe(theirs);
  expect(server.isKnown()).toBe(false);
  server.listen()(theirs + 10 * minuteMs);
  expect(server.isKnown()).toBe(true);
  expect(server.now()).toBe(theirs + 10 * minuteMs);
});

test("a time server's nudge is no jump, and a second that is cut off pulls nothing back", async () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now();
  server.listen()(theirs);
  clock.jumpWall(900);
  expect(server.isKnown()).toBe(true);
  await clock.advance(999);
  server.listen()(theirs);
  expect(server.now()).toBe(theirs + 999);
  server.listen()(theirs + 2_000);
  expect(server.now()).toBe(theirs + 2_000);
});

test("an answer that lay on the way while the PC slept tells the time of then, and is not believed", async () => {
  for (const isSeen of [true, false]) {
    const { clock, unseen, server } = aServerClock();
    const theirs = clock.now();
    server.listen()(theirs);
    const learn = server.listen();
    await clock.advance(10 * minuteMs);
    if (!isSeen) unseen.ms = 10 * minuteMs;
    learn(theirs);
    expect(server.isKnown()).toBe(isSeen);
    if (isSeen) expect(server.now()).toBe(theirs + 10 * minuteMs);
  }
});

test("a slow answer pulls nothing back", async () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now();
  server.listen()(theirs);
  const learn = server.listen();
  await clock.advance(9_000);
  learn(theirs);
  expect(server.now()).toBe(theirs + 9_000);
});

test("what a slow answer leaves open of the CRM's time counts for sends, until a quicker one narrows it", async () => {
  const { clock, server } = aServerClock();
  const theirs = clock.now() + 90_000;
  const learn = server.listen();
  await clock.advance(9_000);
  learn(theirs);
  expect(server.now()).toBe(theirs);
  expect(server.latest()).toBe(theirs + 9_000);
  const learnQuickly = server.listen();
  await clock.advance(100);
  learnQuickly(theirs);
  expect(server.now()).toBe(theirs + 100);
  expect(server.latest()).toBe(theirs + 100);
});

test("before the first answer there is one time alone, our own", () => {
  const { clock, server } = aServerClock();
  expect(server.latest()).toBe(clock.now());
});
