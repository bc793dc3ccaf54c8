import { expect, test } from "vitest";
import { createHandOver } from "../../../../src-main/connectors/http/hand-over.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

test("what is handed over is taken once", () => {
  const handOver = createHandOver<string>(createVirtualClock());
  expect(handOver.take()).toBeUndefined();
  handOver.give("fields");
  expect([handOver.take(), handOver.take()]).toEqual(["fields", undefined]);
});

test("it is good for a minute, whatever becomes of the wall clock", async () => {
  const clock = createVirtualClock();
  const handOver = createHandOver<string>(clock);
  handOver.give("fields");
  clock.jumpWall(-86_400_000);
  await clock.advance(59_999);
  expect(handOver.take()).toBe("fields");
  handOver.give("more fields");
  await clock.advance(60_000);
  expect(handOver.take()).toBeUndefined();
});
