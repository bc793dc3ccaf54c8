import { afterEach, beforeEach, expect, test } from "vitest";
import { createMirror } from "../../../../src-main/engine/mirror/mirror.ts";
import type { Connector } from "../../../../src-main/engine/ports/connector.ts";
import type { Mirror, MirrorAsk } from "../../../../src-main/engine/ports/mirror.ts";
import { type Ledger, anIntegration, createLedger } from "../../../builders/ledger.ts";

let ledger: Ledger;
let mirror: Mirror;
let ask: MirrorAsk;
let reads = 0;

beforeEach(() => {
  ledger = createLedger();
  reads = 0;
  const connector = {
    mirror: {
      steps: [{ name: "all", everyMs: 0 }],
      everyMs: 60_000,
      overlapMs: 0,
      read: () => {
        reads += 1;
        if (reads > 20) throw new Error("it reads without end");
        return Promise.resolve({ ok: true, value: { records: [], gone: [], page: null } });
      },
    },
  } as unknown as Connector;
  const session = { send: () => Promise.reject(new Error("nothing is sent")) };
  ask = { integration: anIntegration(ledger), connector, session, serverNow: ledger.clock.now };
  mirror = createMirror({ store: ledger.store.mirror, clock: ledger.clock });
});
afterEach(() => ledger.dispose());

test("a copy that is wanted as fresh as a time that is to come again is read once, not without end", async () => {
  const wanted = ledger.clock.now();
  ledger.clock.jumpWall(-86_400_000);
  expect(await mirror.refresh(ask, wanted)).toBeNull();
  expect(reads).toBe(1);
});

test("a copy that was asked for before the clock was set back is due once, not for a day", async () => {
  mirror.request(ask.integration.id);
  ledger.clock.jumpWall(-86_400_000);
  expect(mirror.isDue(ask.integration.id, ask.connector)).toBe(true);
  expect(await mirror.refresh(ask, ledger.clock.now())).toBeNull();
  expect(mirror.isDue(ask.integration.id, ask.connector)).toBe(false);
});
