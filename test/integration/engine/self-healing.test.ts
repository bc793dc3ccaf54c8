import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { type CrmType, crmType } from "../../../src-shared/domain/integration.ts";
import { type Reason, reasonTexts } from "../../../src-shared/domain/reason.ts";
import { type Office, startOffice } from "../../builders/office.ts";

const minuteMs = 60_000;
const number = "+447700900001";

/** A state of a CRM that refuses our calls, and the state in which it takes them again. */
type Cause = Readonly<{ broken: object; repaired: object }>;
type Round = Readonly<{ cause: string; reason: Reason; at: Readonly<Record<CrmType, Cause>> }>;

const meetings = (isActive: boolean): object => ({
  activityTypes: [
    { id: 1, key_string: "call", name: "Call", active_flag: true },
    { id: 2, key_string: "meeting", name: "Meeting", active_flag: isActive },
  ],
});

const rounds: readonly Round[] = [
  {
    cause: "a removed field",
    reason: "field_missing",
    at: {
      hubspot: { broken: { removedFields: { calls: ["hs_call_status"] } }, repaired: { removedFields: {} } },
      salesforce: { broken: { removedFields: { Task: ["CallType"] } }, repaired: { removedFields: {} } },
      zoho: { broken: { removedFields: { Calls: ["Call_Sync_Seconds"] } }, repaired: { removedFields: {} } },
      pipedrive: { broken: { removedFields: { activities: ["duration"] } }, repaired: { removedFields: {} } },
    },
  },
  {
    cause: "a revoked permission",
    reason: "permission_denied",
    at: {
      hubspot: { broken: { objectPermissions: { calls: ["read"] } }, repaired: { objectPermissions: {} } },
      salesforce: { broken: { fieldPermissions: { Task: { CallType: "read" } } }, repaired: { fieldPermissions: {} } },
      zoho: { broken: { fieldPermissions: { Calls: { Description: "read" } } }, repaired: { fieldPermissions: {} } },
      pipedrive: { broken: { fieldPermissions: { activities: { note: "read" } } }, repaired: { fieldPermissions: {} } },
    },
  },
  {
    cause: "a retired picklist value",
    reason: "value_rejected",
    at: {
      hubspot: {
        broken: { picklistValues: { calls: { hs_call_status: ["BUSY"] } } },
        repaired: { picklistValues: {} },
      },
      salesforce: {
        broken: { picklistValues: { Task: { CallType: ["Outbound"] } } },
        repaired: { picklistValues: {} },
      },
      zoho: { broken: { picklistValues: { Calls: { Call_Type: ["Outbound"] } } }, repaired: { picklistValues: {} } },
      pipedrive: { broken: meetings(false), repaired: meetings(true) },
    },
  },
];

/** Pipedrive's one list that a contract writes is of the kinds of activities. */
async function logAsMeetings(office: Office, id: number): Promise<void> {
  const { yaml } = await office.call("ownership:show", { id });
  const contract = parse(yaml) as { objects: Record<string, { fields: Record<string, object> }> };
  Object.assign(contract.objects["activities"]?.fields ?? {}, { type: { own: "agent", value: { const: "meeting" } } });
  await office.call("ownership:set", { id, yaml: stringify(contract) });
}

async function openOffice(): Promise<Office> {
  const office = await startOffice({ crms: crmType.options, requestTimeoutMs: 20_000 });
  for (const { id, words, person } of office.crms) {
    await person("Alice Example", number);
    if (words.crm === "pipedrive") await logAsMeetings(office, id);
  }
  await office.pass(minuteMs);
  return office;
}

async function healItself(office: Office, { reason, at }: Round): Promise<void> {
  const groups = async () => (await office.call("deadLetters:list", {})).groups;
  for (const { admin, words } of office.crms) await admin.configure(at[words.crm].broken);
  const [first = 0, second = 0] = await office.importCalls([number, number]);
  await office.sync();
  const { nextStep } = reasonTexts[reason];
  const dead = office.crms.map(() => ({ reason, count: 2, nextStep }));
  expect(await groups()).toMatchObject(dead);

  // The cause stays: one of the two calls tries, no more, and the group is as it was.
  const trialsOf = async (id: number) => {
    const stories = [await office.why(first, id), await office.why(second, id)];
    return stories.flatMap(({ timeline }) => timeline.filter(({ summary }) => summary.includes("its cause is gone")));
  };
  await office.pass(20 * minuteMs);
  await office.sync();
  expect(await groups()).toMatchObject(dead);
  for (const { id, words } of office.crms) expect(await trialsOf(id), words.crm).toHaveLength(1);

  for (const { admin, words } of office.crms) await admin.configure(at[words.crm].repaired);
  await office.pass(60 * minuteMs);
  await office.sync();
  expect(await groups()).toEqual([]);
  const healed = office.events.filter(({ event }) => event === "group:healed");
  expect(healed).toHaveLength(office.crms.length);
  for (const { id, words } of office.crms) {
    expect(healed, words.crm).toContainEqual(expect.objectContaining({ reason, count: 2, integrationId: id }));
    for (const seconds of [first, second])
      expect(await office.why(seconds, id), words.crm).toMatchObject({ state: "delivered" });
  }
  const { runs } = await office.call("deadLetters:history", { target: null, limit: 10 });
  expect(runs).toMatchObject(office.crms.map(() => ({ kind: "heal", moved: 1, delivered: 1, failed: 0, open: 0 })));
}

async function followTheNumber(office: Office): Promise<void> {
  for (const { admin, words } of office.crms)
    for (const record of await admin.records(words.person))
      await admin.remove(words.person, String(record["id"] ?? record["Id"]));
  await office.pass(minuteMs);
  const [seconds = 0] = await office.importCalls([number]);
  await office.sync();
  for (const { id, words } of office.crms) {
    const story = await office.why(seconds, id);
    expect(story, words.crm).toMatchObject({ state: "waiting", waitWhy: "contact" });
    expect(story.headline, words.crm).toMatch(/contact|person|nobody/i);
  }

  const added = new Map<number, string>();
  for (const { id, person } of office.crms) added.set(id, await person("Alice Example", number));
  await office.pass(10 * minuteMs);
  await office.sync();
  for (const { id, linksOf, words } of office.crms) {
    expect(await office.why(seconds, id), words.crm).toMatchObject({ state: "delivered" });
    expect(await linksOf(seconds), words.crm).toEqual([added.get(id)]);
  }
}

describe.concurrent("what goes wrong at each of the CRMs and is mended there", { timeout: 180_000 }, () => {
  test.each(rounds)("$cause ends in its own reason and next step, and the group heals by itself", async (round) => {
    const office = await openOffice();
    try {
      await expect(healItself(office, round)).resolves.toBeUndefined();
    } finally {
      await office.close();
    }
  });

  test("a deleted contact holds the call, and who has the number then gets it", async () => {
    const office = await openOffice();
    try {
      await expect(followTheNumber(office)).resolves.toBeUndefined();
    } finally {
      await office.close();
    }
  });
});
