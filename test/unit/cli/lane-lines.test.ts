import { expect, test } from "vitest";
import { toLaneLines } from "../../../src-main/cli/lane-lines.ts";
import type { LaneView } from "../../../src-shared/ipc/report-views.ts";

const aLane = (change: Partial<LaneView>): LaneView => ({
  lane: 3,
  waiting: 0,
  held: 0,
  perMinute: null,
  drainsAt: null,
  why: "empty",
  limitedBy: null,
  ...change,
});
const drainsAt = Date.UTC(2026, 10, 20, 10, 47);

test("a lane is told in a sentence: what waits, how fast it goes, when it is empty, and what is held", () => {
  const lanes = [
    aLane({ lane: 0 }),
    aLane({ lane: 1, held: 12 }),
    aLane({ lane: 2, waiting: 5, why: "paused" }),
    aLane({ waiting: 98_212, perMinute: 940, drainsAt, why: null, limitedBy: "day" }),
  ];
  expect(toLaneLines(lanes, "UTC")).toEqual([
    "Lane 1 (normal): 12 held until somebody adds their contact.",
    "Lane 2 (backfill): 5 to send; when it is done is not known: The account is paused.",
    expect.stringMatching(
      /^Lane 3 \(bulk\): 98,212 to send, 940 a minute; done about .*10:47.*, with a stop at the limit of day\.$/,
    ),
  ]);
});
