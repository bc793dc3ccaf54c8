import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { untilEvent } from "../../../src-shared/domain/delivery.ts";
import { type Ledger, aReadCall, anIntegration, createLedger, importCalls, statesOf } from "../../builders/ledger.ts";

let ledger: Ledger;
const now = (): number => ledger.clock.now();
const integrations = () => ledger.store.integrations;
const newest = () => ledger.store.audit.search("", 1)[0];

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

describe("tenants", () => {
  test("are made once by their slug and keep their id", () => {
    const acme = ledger.store.tenants.ensure("acme", now());
    expect(ledger.store.tenants.ensure("acme", now() + 5)).toEqual(acme);
    expect(ledger.store.tenants.find("other")).toBeUndefined();
    ledger.store.tenants.ensure("other", now());
    expect(ledger.store.tenants.list().map(({ slug }) => slug)).toEqual(["acme", "other"]);
  });

  test("must exist before a source or a file of theirs", () => {
    const draft = { tenant: "nobody", system: "pbx", path: "/logs", format: "auto", settings: {} };
    expect(() => ledger.store.sources.add(draft, now())).toThrow('There is no tenant "nobody".');
  });
});

describe("integrations", () => {
  test("come back as they were stored, after a restart too", () => {
    const added = anIntegration(ledger, {
      baseUrl: "http://localhost:1",
      since: 5,
      settings: { keyField: "callledger_key" },
      secret: { kind: "env", name: "TOKEN" },
    });
    expect(added).toMatchObject({
      id: 1,
      tenant: "acme",
      state: "active",
      settings: { keyField: "callledger_key" },
      createdAt: now(),
    });
    ledger.reopen();
    expect(integrations().list()).toEqual([added]);
    expect(integrations().get(1)).toEqual(added);
    expect(integrations().get(2)).toBeUndefined();
  });

  test("are found by tenant, CRM and account, so that connecting again does not make a second one", () => {
    anIntegration(ledger);
    expect(integrations().find("acme", "hubspot", "4711")?.id).toBe(1);
    expect(integrations().find("acme", "zoho", "4711")).toBeUndefined();
    expect(integrations().find("other", "hubspot", "4711")).toBeUndefined();
    expect(() => anIntegration(ledger)).toThrow(/UNIQUE/);
  });

  test("change only in what is named, with an audit entry", () => {
    const before = anIntegration(ledger);
    const after = integrations().update(1, { label: "Sales", account: { accountId: "4799", name: "Moved" } }, now());
    expect(after).toEqual({ ...before, label: "Sales", account: { accountId: "4799", name: "Moved" } });
    expect(integrations().find("acme", "hubspot", "4799")?.id).toBe(1);
    expect(newest()).toMatchObject({ operation: "integration.update", summary: "Sales was changed: label, account." });
    expect(() => integrations().update(9, { label: "x" }, now())).toThrow("There is no integration 9.");
  });

  test("are blocked with a reason, which goes when they are active again", () => {
    anIntegration(ledger);
    const blocked = integrations().setState(1, "blocked", {
      at: now(),
      reason: "auth_revoked",
      note: "The key was withdrawn.",
      detail: "The token was revoked on Friday.",
    });
    expect(blocked).toMatchObject({
      state: "blocked",
      blockedReason: "auth_revoked",
      blockedDetail: "The token was revoked on Friday.",
    });
    expect(newest()).toMatchObject({
      operation: "integration.block",
      outcome: "failed",
      reason: "auth_revoked",
      integrationId: 1,
    });
    expect(integrations().setState(1, "active", { at: now(), reason: null, note: "" })).toMatchObject({
      state: "active",
      blockedReason: null,
      blockedDetail: null,
    });
  });

  test("rest until the CRM's time, and not any more when told so", () => {
    anIntegration(ledger);
    integrations().setRest(1, now() + 500, now());
    expect(integrations().get(1)?.restUntil).toBe(now() + 500);
    integrations().setRest(1, null, now());
    expect(integrations().get(1)?.restUntil).toBeNull();
  });
});

describe("removing an integration", () => {
  beforeEach(() => {
    anIntegration(ledger);
    importCalls(
      ledger,
      ["1", "2", "3", "4", "5"].map((key) => aReadCall(key)),
    );
    const { deliveries } = ledger.store;
    const session = deliveries.openSession(now());
    deliveries.apply([{ id: 2, events: ["hold"], patch: { waitWhy: "contact", dueAt: now() }, audit: [] }]);
    deliveries.claim({ ids: [3, 4, 5], session, now: now() });
    deliveries.apply([
      { id: 3, events: ["accept"], patch: { sentRevision: 1 }, audit: [] },
      { id: 4, events: ["reject"], patch: { reason: "no_match" }, audit: [] },
      { id: 5, events: ["lose"], patch: { nextProbeAt: now() }, audit: [] },
    ]);
    integrations().remove(1, now());
  });

  test("ends what is not delivered, with a note, and keeps the history", () => {
    expect(statesOf(ledger)).toEqual(["acknowledged", "acknowledged", "delivered", "acknowledged", "acknowledged"]);
    expect(ledger.store.reports.deliveriesOfCall(1)[0]?.note).toBe("Acme HubSpot was removed");
    expect(ledger.store.audit.ofCall(5).at(-1)).toMatchObject({
      operation: "delivery.acknowledge",
      summary: expect.stringContaining("before it was known"),
    });
    expect(ledger.store.audit.verify().ok).toBe(true);
  });

  test("takes it out of every list and lets the same account be connected again", () => {
    expect(integrations().list()).toEqual([]);
    expect(integrations().get(1)).toBeUndefined();
    expect(ledger.store.deliveries.counts().delivered).toBe(0);
    expect(ledger.store.deliveries.counts(1).delivered).toBe(1);
    expect(anIntegration(ledger).id).toBe(2);
    expect(importCalls(ledger, [aReadCall("6")]).deliveries).toBe(1);
  });
});

test("sources are listed with their settings until they are removed", () => {
  ledger.store.tenants.ensure("acme", now());
  const draft = { tenant: "acme", system: "pbx", path: "/logs", format: "auto", settings: { region: "GB" } };
  const source = ledger.store.sources.add(draft, now());
  expect(source).toEqual({ ...draft, id: 1, removedAt: null });
  expect(ledger.store.sources.list()).toEqual([source]);
  expect(newest()).toMatchObject({ operation: "source.add", tenant: "acme" });
  expect(ledger.store.sources.remove(1, now())).toBe(true);
  expect(ledger.store.sources.remove(1, now())).toBe(false);
  expect(ledger.store.sources.list()).toEqual([]);
});

test("a long queue that waited for a person goes on in its old order: the first of it at once, the rest step by step", () => {
  anIntegration(ledger);
  const count = 1_150;
  importCalls(
    ledger,
    Array.from({ length: count }, (_, index) => aReadCall(String(index))),
    { lane: 1 },
  );
  const { deliveries } = ledger.store;
  integrations().setState(1, "blocked", { at: now(), reason: "auth_revoked", note: "" });
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  deliveries.apply(
    ids.map((id) => ({ id, events: ["hold"], patch: { waitWhy: "auth", dueAt: untilEvent }, audit: [] })),
  );
  expect(deliveries.counts(1)).toMatchObject({ queued: 0, waiting: count, dead: 0 });
  integrations().setState(1, "active", { at: now(), reason: null, note: "" });
  expect(deliveries.counts(1)).toMatchObject({ queued: 1_000, waiting: 150 });
  expect([deliveries.releaseDue(now(), 100), deliveries.releaseDue(now(), 100)]).toEqual([100, 50]);
  const due = deliveries.peekDue({ integrationId: 1, lane: 1, now: now(), limit: count });
  expect(due.map(({ id }) => id)).toEqual(ids);
});
