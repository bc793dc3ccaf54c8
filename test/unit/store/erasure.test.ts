import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type Ledger,
  aLeg,
  aReadCall,
  anIntegration,
  createLedger,
  firstStart,
  importCalls,
  statesOf,
} from "../../builders/ledger.ts";

const theirs = "+447700900947";
const others = "+447700900555";
let ledger: Ledger;
const now = (): number => ledger.clock.now();
const erase = () => ledger.store.erasure.erase(theirs, { at: now(), actor: "an admin" });

/** Six calls of one person (one per state that is not in flight) and one of somebody else. */
beforeEach(() => {
  ledger = createLedger();
  anIntegration(ledger);
  const call = (key: string, from: string, at: number) => aReadCall(key, [aLeg({ from, at })]);
  const calls = [1, 2, 3, 4, 5].map((n) => call(String(n), theirs, firstStart + n * 60_000));
  importCalls(ledger, [...calls, call("6", others, firstStart)]);
  const { deliveries, audit } = ledger.store;
  const session = deliveries.openSession(now());
  deliveries.claim({ ids: [1, 2, 6], session, now: now() });
  const said = (deliveryId: number, from: string, name: string) => ({
    at: now(),
    tenant: "acme",
    callId: deliveryId,
    deliveryId,
    integrationId: 1,
    operation: "attempt.write",
    outcome: "ok" as const,
    summary: `${name} (${from}) was written.`,
    terms: [from, name],
    payload: { pushed: { subject: `Call from ${from}` } },
  });
  deliveries.apply([
    {
      id: 1,
      events: ["accept"],
      patch: { sentRevision: 1, remoteId: "901" },
      audit: [said(1, theirs, "Alice Example")],
    },
    { id: 2, events: ["reject"], patch: { reason: "value_rejected", detail: `${theirs} is bad` }, audit: [] },
    { id: 6, events: ["accept"], patch: { sentRevision: 1, remoteId: "906" }, audit: [said(6, others, "Test Clinic")] },
    { id: 3, events: ["hold"], patch: { waitWhy: "contact", dueAt: now() }, audit: [] },
  ]);
  audit.append([
    {
      at: now(),
      tenant: "acme",
      callId: null,
      deliveryId: null,
      integrationId: null,
      operation: "person.create",
      outcome: "ok",
      summary: "A contact was made.",
      payload: { answered: { phone: theirs } },
    },
  ]);
});
afterEach(() => ledger.dispose());

test("what is kept of a number is found without touching it", () => {
  const found = ledger.store.erasure.find(theirs);
  expect(found).toMatchObject({ calls: 5, undelivered: 4, inFlight: 0, recordCount: 1 });
  expect(found.records).toEqual([{ integrationId: 1, crm: "hubspot", label: "Acme HubSpot", remoteId: "901" }]);
  expect(found.auditEntries).toBeGreaterThan(4);
  expect(ledger.store.audit.search(theirs, 50).length).toBeGreaterThan(0);
  expect(ledger.store.erasure.find("+447700900111")).toMatchObject({ calls: 0, auditEntries: 0, recordCount: 0 });
});

test("after an erasure no file of the data folder has the number or the name, and the chain still verifies", () => {
  erase();
  expect(ledger.store.audit.search(theirs, 50)).toEqual([]);
  expect(ledger.store.audit.verify()).toMatchObject({ ok: true });
  expect(ledger.store.reports.statement("2026-11-20", now() - 86_400_000, now() + 1)).toMatchObject({
    balanced: true,
    excluded: { erased: 5 },
  });
  ledger.store.close();
  for (const name of readdirSync(ledger.dataDir).filter((entry) => entry.startsWith("callledger.db"))) {
    const bytes = readFileSync(join(ledger.dataDir, name)).toString("latin1");
    expect(bytes).not.toContain("7700900947");
    expect(bytes).not.toMatch(/alice/i);
    expect(bytes).toMatch(/clinic/i);
    expect(bytes).toContain("7700900555");
  }
  ledger.reopen();
});

test("what was not written is acknowledged; what was written stays delivered, and other people's calls stay whole", () => {
  erase();
  const [first, ...rest] = statesOf(ledger);
  expect([first, ...rest]).toEqual([
    "delivered",
    "acknowledged",
    "acknowledged",
    "acknowledged",
    "acknowledged",
    "delivered",
  ]);
  expect(ledger.store.audit.search(others, 50).length).toBeGreaterThan(0);
  expect(ledger.store.audit.search("erase.number", 5)[0]?.summary).toBe(
    "5 calls of one number were erased by an admin.",
  );
});

test("a log that is read again, with a further leg too, brings nothing back", () => {
  erase();
  const again = aReadCall("1", [aLeg({ from: theirs, at: firstStart + 60_000 })]);
  const longer = aReadCall("2", [aLeg({ from: theirs, at: firstStart + 120_000, talk: 99, leg: "b" })]);
  expect(importCalls(ledger, [again])).toMatchObject({ calls: 0, revised: 0, deliveries: 0 });
  expect(importCalls(ledger, [longer])).toMatchObject({ calls: 0, revised: 0, deliveries: 0 });
  expect(ledger.store.erasure.find(theirs)).toMatchObject({ calls: 0, auditEntries: 0 });
});

test("an account that is connected later gets no erased call", () => {
  erase();
  const later = anIntegration(ledger, { crm: "zoho", label: "Acme Zoho" });
  expect(ledger.store.ingest.backfill(later.id, now())).toBe(1);
});

test("a call in flight is counted, so that the caller waits for it", () => {
  const { deliveries } = ledger.store;
  deliveries.claim({ ids: [4], session: deliveries.openSession(now()), now: now() });
  expect(ledger.store.erasure.find(theirs)).toMatchObject({ inFlight: 1, undelivered: 3 });
});
