import { afterEach, beforeEach, expect, test } from "vitest";
import { toPhoneKeys } from "../../../../src-main/engine/mirror/phone-keys.ts";
import type { MirrorRecord } from "../../../../src-main/engine/ports/connector.ts";
import type { Integration } from "../../../../src-shared/domain/integration.ts";
import { aLeg, anIntegration, aReadCall, createLedger, importCalls, type Ledger } from "../../../builders/ledger.ts";
import { createMatching } from "../../../builders/matching.ts";

let ledger: Ledger;
let integration: Integration;
beforeEach(() => {
  ledger = createLedger();
  ledger.store.tenants.ensure("acme", ledger.clock.now());
  integration = anIntegration(ledger, { settings: { country: "GB" } });
});
afterEach(() => ledger.dispose());

const aPerson = (id: string, phone: string): MirrorRecord => ({
  kind: "person",
  object: "contacts",
  id,
  name: `Person ${id}`,
  ownerId: null,
  phones: [{ field: "phone", typed: phone }],
  links: [],
  lastActivityAt: null,
  mergedIds: [],
});

/** A copy that is complete, with these people. */
function copy(...people: readonly MirrorRecord[]): void {
  const { mirror } = ledger.store;
  mirror.beginRound(integration.id, { at: ledger.clock.now(), serverAt: 0 });
  mirror.openStep(integration.id, "all", 0);
  const records = people.map((record) => ({ record, keys: toPhoneKeys(record.phones) }));
  const page = { step: "all", page: null, mark: null, gone: [], owners: null, sweeps: "contacts" };
  mirror.commitPage(integration.id, { ...page, records, at: ledger.clock.now() });
  mirror.endRound(integration.id, ledger.clock.now());
}

const tryOut = (number: string) =>
  createMatching(ledger.store, ledger.clock).matcher.tryOut({ integration, number, agent: null }).verdict;

test("the house's own numbers are learnt from its calls and are nobody's, whatever the CRM holds", () => {
  copy(aPerson("1", "+442079460011"), aPerson("2", "+447700900134"));
  expect(tryOut("+442079460011")).toMatchObject({ match: { personId: "1" } });
  importCalls(ledger, [aReadCall("a")]);
  expect(tryOut("+442079460011")).toMatchObject({ match: { personId: "1" } });
  importCalls(ledger, [aReadCall("b", [aLeg({ talk: 61 })]), aReadCall("c", [aLeg({ talk: 62 })])]);
  expect(tryOut("+442079460011")).toMatchObject({ kind: "matched", match: { rule: "own_number", personId: null } });
  expect(tryOut("+447700900134")).toMatchObject({ match: { personId: "2" } });
});

test("what a person says of a number stands above what the logs show, until it is taken back", () => {
  const own = (): readonly unknown[] => ledger.store.ownNumbers.list("acme");
  copy(aPerson("1", "+442079460011"), aPerson("2", "+447700900134"));
  importCalls(ledger, [aReadCall("b", [aLeg({ talk: 61 })]), aReadCall("c", [aLeg({ talk: 62 })])]);
  expect(own()).toEqual([{ number: "+442079460011", calls: 2, isOwn: true, said: null }]);
  ledger.store.ownNumbers.say("acme", "+442079460011", false);
  ledger.store.ownNumbers.say("acme", "+447700900134", true);
  expect(own()).toEqual([
    { number: "+442079460011", calls: 2, isOwn: false, said: false },
    { number: "+447700900134", calls: 0, isOwn: true, said: true },
  ]);
  expect(tryOut("+442079460011")).toMatchObject({ match: { personId: "1" } });
  expect(tryOut("+447700900134")).toMatchObject({ match: { rule: "own_number", personId: null } });
  for (const number of ["+442079460011", "+447700900134"]) ledger.store.ownNumbers.say("acme", number, null);
  expect(tryOut("+442079460011")).toMatchObject({ match: { rule: "own_number" } });
  expect(tryOut("+447700900134")).toMatchObject({ match: { personId: "2" } });
});

test("a number typed without a country code belongs to the house's countries only", () => {
  copy(aPerson("1", "07700 900123"));
  expect(tryOut("+447700900123")).toMatchObject({ match: { personId: "1" } });
  expect(tryOut("+497700900123")).toMatchObject({ kind: "nobody" });
});

test("who was there and is not told any more by a reading of everything is gone; who comes back is found again", () => {
  copy(aPerson("1", "+447700900123"), aPerson("2", "+447700900124"));
  copy(aPerson("2", "+447700900124"));
  expect(tryOut("+447700900123")).toMatchObject({ kind: "nobody" });
  expect(ledger.store.mirror.fateOf(integration.id, { object: "contacts", id: "1" })).toEqual({ mergedInto: null });
  copy(aPerson("1", "+447700900123"), aPerson("2", "+447700900124"));
  expect(tryOut("+447700900123")).toMatchObject({ match: { personId: "1" } });
  expect(ledger.store.mirror.fateOf(integration.id, { object: "contacts", id: "1" })).toBeNull();
});

test("a policy that logs strangers logs them without a person", () => {
  copy(aPerson("1", "+447700900123"));
  integration = { ...integration, unknownCaller: "log" };
  expect(tryOut("+447700900199")).toMatchObject({ kind: "matched", match: { rule: "unlinked", personId: null } });
});

test("before the copy is there, only calls that just ended are looked up", () => {
  const { matcher } = createMatching(ledger.store, ledger.clock);
  expect([0, 1, 3].map((lane) => matcher.isReady(integration.id, lane))).toEqual([true, false, false]);
  copy(aPerson("1", "+447700900123"));
  expect([0, 1, 3].map((lane) => matcher.isReady(integration.id, lane))).toEqual([true, true, true]);
});

test("the copy says how old it is", () => {
  const { mirror } = createMatching(ledger.store, ledger.clock);
  expect(mirror.state(integration.id)).toBe("never");
  ledger.store.mirror.beginRound(integration.id, { at: ledger.clock.now(), serverAt: 0 });
  expect(mirror.state(integration.id)).toBe("loading");
  ledger.store.mirror.endRound(integration.id, ledger.clock.now());
  expect(mirror.state(integration.id)).toBe("complete");
  ledger.clock.jumpWall(16 * 60_000);
  expect(mirror.state(integration.id)).toBe("stale");
  ledger.clock.jumpWall(-60 * 60_000);
  expect(mirror.isFreshSince(integration.id, 0)).toBe(false);
});
