import { expect, test } from "vitest";
import { createDeliveryPlans } from "../../../../src-main/engine/api/delivery-plans.ts";
import { connectorKinds } from "../../../../src-main/connectors/registry.ts";
import { createHubspotConnector } from "../../../../src-main/connectors/hubspot/connector.ts";
import type { DeliveryBrief } from "../../../../src-main/engine/ports/report-store.ts";
import { type ObjectSchema, toSchemaField } from "../../../../src-shared/domain/crm-schema.ts";
import type { UnknownCaller } from "../../../../src-shared/domain/integration.ts";
import { aDeliveryRow } from "../../../builders/delivery-row.ts";
import { readHubspotContract, testClock } from "../../../builders/hubspot-subject.ts";

type Parts = Parameters<typeof createDeliveryPlans>[0];

/** Calls without end of a stranger, told page by page; `pages` counts those that were asked for. */
function aPlan(unknownCaller: UnknownCaller, described: readonly ObjectSchema[] = []) {
  const read = { pages: 0, rows: 0 };
  const page = (after: number, limit: number): readonly DeliveryBrief[] =>
    Array.from({ length: limit }, (_, index) => {
      const row = aDeliveryRow({ id: after + index + 1, integrationId: 1, match: null });
      return { row, detail: null, deliveredAt: null, note: null };
    });
  const connector = createHubspotConnector({
    credential: () => Promise.reject(new Error("nobody is asked")),
    settings: {},
    contract: readHubspotContract(),
    account: null,
    clock: testClock,
  });
  const integration = {
    id: 1,
    tenant: "acme",
    crm: "hubspot",
    label: "HubSpot",
    unknownCaller,
    settings: {},
    contract: connectorKinds.hubspot?.readDefaultContract({}) ?? "",
  };
  const parts = {
    integrations: { get: () => integration },
    reports: {
      deliveriesSince: ({ after, limit }: { after: number; limit: number }) => {
        read.pages += 1;
        read.rows += limit;
        return page(after, limit);
      },
    },
    matcher: { tryOut: () => ({ verdict: { kind: "nobody", number: "+44", isLive: false }, rules: [] }) },
    people: { state: () => "complete", status: () => ({ freshAsOf: null }) },
    peopleStore: { owners: () => [] },
    schemas: { get: () => ({ objects: described, readAt: 1 }) },
    connectorFor: () => connector,
    keyOf: () => "cl_key",
  } as unknown as Parts;
  return { read, plans: createDeliveryPlans(parts) };
}

test("of a plan without end no more is read than the page that is being told", () => {
  const { read, plans } = aPlan("hold");
  let told = 0;
  for (const planned of plans.since({ newest: 0, at: 0 })) {
    told += 1;
    expect(planned.verdict).toBe("hold");
    // One page ahead of nobody: what was told before can be let go.
    expect(read.rows - told).toBeLessThan(500);
    if (told === 5_000) break;
  }
  expect(read.pages).toBe(10);
  expect(plans.totals()).toMatchObject([{ verdicts: { hold: 5_000 } }]);
});

test("a person who could not be made is told as a problem of the call that wants one", () => {
  const field = toSchemaField({ name: "lastname", maxLength: 5 });
  const phone = toSchemaField({ name: "phone" });
  const contacts = { object: "contacts", mayCreate: true, mayUpdate: true, fields: [field, phone], rules: [] };
  const first = (described: readonly ObjectSchema[]) => {
    const [planned] = aPlan("contact", described).plans.since({ newest: 0, at: 0 });
    return planned;
  };
  expect(first([contacts])).toMatchObject({
    verdict: "refuse",
    makes: "contact",
    problems: [{ field: "lastname", reason: "too_large", says: expect.stringContaining("Nobody can be made") }],
  });
  expect(first([])).toMatchObject({ verdict: "create", makes: "contact", problems: [] });
});
