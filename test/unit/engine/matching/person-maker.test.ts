import { afterEach, beforeEach, expect, test } from "vitest";
import { createPersonMaker, type MakerParts } from "../../../../src-main/engine/matching/person-maker.ts";
import type { MatchAsk } from "../../../../src-main/engine/ports/matcher.ts";
import { anIntegration, createLedger, type Ledger } from "../../../builders/ledger.ts";

const quietTimeMs = 20_000;
const number = "+447700900134";
let ledger: Ledger;
/** What was done: "made" a request to make somebody, "read" the copy brought up to date. */
let done: string[];
/** The wall clock beside the CRM's, ms. */
let wallMs: number;

beforeEach(() => {
  ledger = createLedger();
  ledger.store.tenants.ensure("acme", ledger.clock.now());
  done = [];
  wallMs = 0;
});
afterEach(() => ledger.dispose());

/** Somebody is made whose answer is lost; nobody is ever found. */
function aMaker() {
  const { clock, store } = ledger;
  const setWall = (ms: number): void => {
    clock.jumpWall(ms - wallMs);
    wallMs = ms;
  };
  const mirror = {
    refresh: async () => {
      done.push("read");
      return null;
    },
    finder: () => () => [],
  } as unknown as MakerParts["mirror"];
  const connector = {
    limits: { hasUniqueKey: true },
    createPerson: async () => {
      done.push("made");
      return { ok: false, fault: { kind: "response_lost", answer: {} } };
    },
  } as unknown as MatchAsk["connector"];
  const maker = createPersonMaker({ clock, mirror, store: store.mirror, ledger: store.personLedger, quietTimeMs });
  const session = { send: () => Promise.reject(new Error("nothing is sent")) };
  const ask: MatchAsk = {
    integration: anIntegration(ledger, { unknownCaller: "contact" }),
    connector,
    session,
    serverNow: () => clock.now() - wallMs,
  };
  return { clock, setWall, look: () => maker.personFor(ask, number) };
}

test.each([3_600_000, -3_600_000])(
  "a person whose making was not answered is not made again within the quiet time, wherever the clock is set (%i ms)",
  async (jump) => {
    const { clock, setWall, look } = aMaker();
    expect(await look()).toMatchObject({ kind: "later", untilMs: clock.now() + quietTimeMs });
    setWall(jump);
    await clock.advance(5_000);
    expect(await look()).toMatchObject({ kind: "later", untilMs: clock.now() + quietTimeMs - 5_000 });
    expect(done).toEqual(["made"]);
    await clock.advance(quietTimeMs - 5_000);
    expect(await look()).toMatchObject({ kind: "later" });
    expect(done).toEqual(["made", "read", "made"]);
  },
);

test("an entry that a wrong clock stamped days ahead keeps nobody waiting for days", async () => {
  const { clock, look } = aMaker();
  const place = { tenant: "acme", crm: "hubspot", accountId: "4711" } as const;
  ledger.store.personLedger.begin(place, number, clock.now() + 3 * 86_400_000);
  expect(await look()).toMatchObject({ kind: "later" });
  expect(done).toEqual(["read", "made"]);
});
