import { z } from "zod";
import type { SandboxRecord } from "./sandbox-admin.ts";
import type { SpendingRules } from "./spending.ts";

/** A call as a CRM holds it: by our key, with its length (each call of a run has its own) and the people it is linked to. */
export type CallInCrm = Readonly<{ id: string; key: string; seconds: number; links: readonly string[] }>;

/** What a kill run must know of a CRM: where its calls and people are, and which of its requests are work. */
export type KillTarget = Readonly<{
  crm: "hubspot" | "salesforce" | "zoho" | "pipedrive";
  calls: string;
  people: string;
  /** Every other object of the administration. */
  others: readonly string[];
  idField: "id" | "Id";
  toPerson: (name: string, phone: string) => object;
  toCall: (record: SandboxRecord) => CallInCrm;
  spending: SpendingRules;
}>;

const text = z.union([z.string(), z.number()]).transform(String);
const linkTo = z.looseObject({ id: text }).nullish();
const listed = <T>(found: T | null | undefined): readonly T[] => (found === null || found === undefined ? [] : [found]);

const hubspotCall = z.looseObject({
  id: text,
  properties: z.looseObject({ callledger_key: z.string(), hs_call_duration: z.coerce.number() }),
  associations: z.record(z.string(), z.array(text)),
});
const salesforceTask = z.looseObject({
  Id: z.string(),
  CallLedger_Key__c: z.string(),
  CallDurationInSeconds: z.number(),
  WhoId: z.string().nullable(),
  WhatId: z.string().nullable(),
});
const zohoCall = z.looseObject({
  id: text,
  Call_Sync_Key: z.string(),
  Call_Sync_Seconds: z.number(),
  Who_Id: linkTo,
  What_Id: linkTo,
});
const pipedriveActivity = z.looseObject({
  id: text,
  note: z.string(),
  participants: z.array(z.looseObject({ person_id: text })),
  org_id: text.nullable(),
  deal_id: text.nullable(),
});

const firstGroup = (pattern: RegExp, from: string): string => pattern.exec(from)?.[1] ?? "";

export const killTargets: readonly KillTarget[] = [
  {
    crm: "hubspot",
    calls: "calls",
    people: "contacts",
    others: ["companies", "deals"],
    idField: "id",
    toPerson: (firstname, phone) => ({ properties: { firstname, phone } }),
    toCall: (record) => {
      const { id, properties, associations } = hubspotCall.parse(record);
      const links = [...new Set(Object.values(associations).flat())];
      return { id, key: properties.callledger_key, seconds: properties.hs_call_duration / 1_000, links };
    },
    spending: {
      unit: "calls",
      endpoints: [
        { endpoint: /calls\/batch\/(create|update)$|\/associations\/default\//, kind: "batches" },
        { endpoint: /calls\/batch\/read$/, kind: "probes" },
        // The copy of the people is brought up to date at every start.
        { endpoint: /(contacts|companies|deals)(\/search|\/batch\/read)?$/, kind: "look-ups" },
      ],
    },
  },
  {
    crm: "salesforce",
    calls: "Task",
    people: "Contact",
    others: ["Lead", "Account", "Opportunity"],
    idField: "Id",
    toPerson: (LastName, Phone) => ({ LastName, Phone }),
    toCall: (record) => {
      const { Id: id, CallLedger_Key__c: key, CallDurationInSeconds: seconds, ...to } = salesforceTask.parse(record);
      return { id, key, seconds, links: [...listed(to.WhoId), ...listed(to.WhatId)] };
    },
    spending: {
      unit: "calls",
      endpoints: [
        { endpoint: /^(PATCH|POST) .*\/(composite\/sobjects|sobjects)\b/, kind: "batches" },
        { endpoint: /queryAll$/, kind: "probes" },
        { endpoint: /\/(search|query|composite\/batch)$/, kind: "look-ups" },
      ],
    },
  },
  {
    crm: "zoho",
    calls: "Calls",
    people: "Contacts",
    others: ["Leads", "Accounts", "Deals"],
    idField: "id",
    toPerson: (Last_Name, Phone) => ({ Last_Name, Phone }),
    toCall: (record) => {
      const { id, Call_Sync_Key: key, Call_Sync_Seconds: seconds, Who_Id, What_Id } = zohoCall.parse(record);
      return { id, key, seconds, links: [...listed(Who_Id), ...listed(What_Id)].map((link) => link.id) };
    },
    spending: {
      unit: "credits",
      // A read by key and a look-up of people are both COQL here.
      endpoints: [
        { endpoint: /^(POST|PUT) .*\/Calls$/, kind: "batches" },
        { endpoint: /\/coql$/, kind: "probes" },
        { endpoint: /\/(search|deleted)$/, kind: "look-ups" },
      ],
    },
  },
  {
    crm: "pipedrive",
    calls: "activities",
    people: "persons",
    others: ["organizations", "deals", "callLogs"],
    idField: "id",
    toPerson: (name, phone) => ({ name, phones: [{ value: phone }] }),
    toCall: (record) => {
      const { id, note, participants, org_id: org, deal_id: deal } = pipedriveActivity.parse(record);
      const links = [...participants.map((one) => one.person_id), ...listed(org), ...listed(deal)];
      const seconds = Number(firstGroup(/(\d+) seconds/, note));
      return { id, key: firstGroup(/ref:(\w+)/, note), seconds, links };
    },
    spending: {
      unit: "tokens",
      endpoints: [
        { endpoint: /^(POST|PATCH) \/api\/v2\/activities/, kind: "batches", cost: 5 },
        { endpoint: /^GET \/api\/v2\/activities\/\{id\}$/, kind: "probes", cost: 1 },
        { endpoint: /^GET \/api\/v2\/activities$/, kind: "probes", cost: 10 },
        { endpoint: /^GET \/v1\/recents$/, kind: "probes", cost: 20 },
        { endpoint: /^GET \/api\/v2\/(persons|organizations|deals)$/, kind: "look-ups", cost: 10 },
        { endpoint: /^GET \/v1\/users\/me$/, kind: "overhead", cost: 2 },
        { endpoint: /^GET \/v1\//, kind: "overhead", cost: 20 },
        { endpoint: /Fields$/, kind: "overhead", cost: 10 },
      ],
    },
  },
];
