import { afterEach, beforeEach, expect, test } from "vitest";
import { lookForSilence } from "../../../../src-main/engine/api/silence-watch.ts";
import { defaultSilenceSettings } from "../../../../src-shared/domain/silence.ts";
import type { EngineEvent } from "../../../../src-shared/ipc/events.ts";
import { aLeg, aReadCall, createLedger, type Ledger } from "../../../builders/ledger.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let ledger: Ledger;
let events: EngineEvent[];
let sourceId: number;
let calls = 0;

beforeEach(() => {
  ledger = createLedger();
  events = [];
  const { store, clock } = ledger;
  store.tenants.ensure("acme", clock.now());
  const place = { tenant: "acme", system: "pbx", path: "/logs", format: "auto", settings: { timeZone: "Etc/UTC" } };
  sourceId = store.sources.add(place, clock.now()).id;
});
afterEach(() => ledger.dispose());

/** So many calls, read from the watched folder as they happen. */
function ring(count: number): void {
  const { store, clock } = ledger;
  const identity = { tenant: "acme", system: "pbx", path: "/logs/Master.csv", fileId: null };
  const start = { identity, sourceId, format: "pbx", startedAt: clock.now(), lane: 1 } as const;
  const readingId = store.ingest.startReading(start);
  const read = Array.from({ length: count }, () => {
    calls += 1;
    return aReadCall(`K-${calls}`, [aLeg({ at: clock.now() - 60_000 - calls })]);
  });
  const position = { offset: calls, line: 2, size: calls, modifiedAt: 1, headHash: "h", tailHash: "t", state: "{}" };
  store.ingest.commitBatch({ readingId, at: clock.now(), calls: read, skipped: [], rows: count, position }, (legs) => ({
    record: { ...aReadCall("x", [...legs]).record, logId: null },
    excluded: null,
  }));
}

function look(): void {
  const { sources, silences } = ledger.store;
  const onEvent = (event: EngineEvent): void => void events.push(event);
  lookForSilence({ clock: ledger.clock, sources, silences, onEvent, timeZone: () => "Etc/UTC" });
}

test("a silent source is told of once, until it is heard again", async () => {
  // The ledger's clock begins on a Friday at nine: ten calls at each of the next hours, for four weeks of Fridays.
  for (let week = 0; week < 4; week += 1) {
    for (let hour = 0; hour < 4; hour += 1) {
      ring(10);
      await ledger.clock.advance(hourMs);
    }
    await ledger.clock.advance(7 * dayMs - 4 * hourMs);
    ledger.store.silences.learn();
  }
  ring(5);
  look();
  expect(events).toEqual([]);
  await ledger.clock.advance(3 * hourMs);
  look();
  look();
  expect(events).toMatchObject([{ event: "source:silent", sourceId, path: "/logs", expected: 30 }]);
  expect(ledger.store.silences.raised()).toMatchObject([{ sourceId, expected: 30 }]);

  ledger.reopen();
  look();
  expect(events).toHaveLength(1);
  ring(1);
  look();
  expect(events[1]).toEqual({ event: "source:heard", sourceId });
  expect(ledger.store.silences.raised()).toEqual([]);
});

test("settings of a source are kept", () => {
  const settings = { ...defaultSilenceSettings, isOn: false, holidays: ["2026-12-25"] };
  ledger.store.silences.set(sourceId, settings);
  ledger.reopen();
  expect(ledger.store.silences.settings(sourceId)).toEqual(settings);
  expect(ledger.store.silences.settings(99)).toEqual(defaultSilenceSettings);
});
