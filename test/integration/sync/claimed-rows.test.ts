import { expect, test } from "vitest";
import type { Match } from "../../../src-main/engine/ports/delivery-store.ts";
import { createSyncRig } from "../../builders/sync-rig.ts";

const numberOf = (index: number): string => `+44770090${String(index).padStart(4, "0")}`;

const matchTo = (personId: string): Match => ({
  number: numberOf(1),
  object: "contacts",
  personId,
  name: "Alice Example",
  also: [],
  rule: "corrected",
  evidence: "a person said so",
  candidates: [],
  matchedAt: 1,
});

test("a call that is corrected while others of its batch are being matched is written as corrected", async () => {
  let correct: (() => void) | undefined;
  const rig = await createSyncRig({
    matcher: (real) => ({
      ...real,
      match: async (ask) => {
        const verdicts = await real.match(ask);
        if (ask.rows.length > 0) correct?.();
        return verdicts;
      },
    }),
  });
  try {
    const [first, second] = [await rig.contact(numberOf(0)), await rig.contact(numberOf(1))];
    rig.importCalls([{}, {}]);
    const setMatch = (personId: string): void =>
      rig.store.deliveries.apply([{ id: 2, events: [], patch: { match: matchTo(personId) }, audit: [] }]);
    setMatch(first);
    let corrections = 0;
    correct = () => {
      corrections += 1;
      setMatch(second);
    };
    expect(await rig.untilIdle()).toMatchObject({ delivered: 2 });
    expect(corrections).toBe(1);
    expect(rig.store.deliveries.rows([1, 2]).map(({ stepsDone }) => stepsDone)).toEqual([
      ["record", `link:contacts:${first}`],
      ["record", `link:contacts:${second}`],
    ]);
  } finally {
    await rig.close();
  }
});
