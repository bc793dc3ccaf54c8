import { connectorKinds } from "../../src-main/connectors/registry.ts";
import type { CrmSandbox, OutsideFields } from "../../src-main/sandbox/core/crm-sandbox.ts";
import type { SandboxClock } from "../../src-main/sandbox/core/clock.ts";
import { createSeededRandom } from "../../src-main/sandbox/core/seeded-random.ts";
import { createHubspotSandbox } from "../../src-main/sandbox/hubspot/hubspot-sandbox.ts";
import { createPipedriveSandbox } from "../../src-main/sandbox/pipedrive/pipedrive-sandbox.ts";
import { createSalesforceSandbox } from "../../src-main/sandbox/salesforce/salesforce-sandbox.ts";
import { createZohoSandbox } from "../../src-main/sandbox/zoho/zoho-sandbox.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { World } from "./world.ts";

/** A call as the CRM shows it to a colleague. */
export type CrmCall = Readonly<{
  id: string;
  key: string;
  /** Ids of the people it is linked to. */
  people: readonly string[];
  fields: OutsideFields;
}>;

/** One record of a write request: the key it brings or the id it names, and the fields it sets. */
export type WrittenRow = Readonly<{ key: string | null; id: string | null; fields: readonly string[] }>;

/** What the simulation knows of one vendor; it shares no code with the connector. */
type Vendor = Readonly<{
  create: (deps: Parameters<typeof createHubspotSandbox>[0]) => CrmSandbox;
  callObject: string;
  /** The contract's name of the object. */
  personObject: string;
  toPerson: (number: string) => OutsideFields;
  toCall: (record: OutsideFields) => CrmCall | null;
  /** Configuration of the account before anything is connected. `room`: requests in its short window, small so that pace shows. */
  configuration: (room: number) => Readonly<Record<string, unknown>>;
  settings: (room: number) => Readonly<Record<string, string>>;
  isWrite: (method: string, path: string) => boolean;
  /** Whether a request begins a look for calls by our key. */
  isLook: (method: string, url: URL, body: string) => boolean;
  /** Whether the CRM itself refuses a second record with our key. */
  hasUniqueKey: boolean;
  rowsOf: (method: string, path: string, body: unknown) => readonly WrittenRow[];
  /** Fields of a body that are the vendor's frame or a link, not the contract's. */
  frame: ReadonlySet<string>;
  /** An agent's field that a colleague may edit, and the one that shows the call's length with what it should be. */
  titleField: string;
  lengthField: string;
  toLength: (seconds: number) => string;
}>;

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};
type Loose = Record<string, any>;
const listOf = (value: unknown): readonly Loose[] => (Array.isArray(value) ? (value as Loose[]) : []);

const hubspot: Vendor = {
  create: createHubspotSandbox,
  callObject: "calls",
  personObject: "contacts",
  toPerson: (phone) => ({ properties: { firstname: "Alice", lastname: "Example", phone } }),
  toCall: (record) => {
    const key = textOf(record["callledger_key"]);
    const links = (record["associations"] as Loose | undefined)?.["contacts"];
    const people = Array.isArray(links) ? [...new Set(links.map(String))] : [];
    return key === "" ? null : { id: textOf(record["id"]), key, people, fields: record };
  },
  // A smaller room than that of any plan, shared with others: only the headers tell.
  configuration: (room) => ({ tenSecondLimit: room, otherAppsPerMinute: 24, searchLagMs: 4_000 }),
  settings: () => ({}),
  isWrite: (method, path) =>
    (method === "POST" && /\/calls\/batch\/(create|update|upsert)$/.test(path)) ||
    (method === "PUT" && /\/calls\/[^/]+\/associations\//.test(path)),
  isLook: (_method, { pathname }) => pathname.endsWith("/calls/batch/read"),
  hasUniqueKey: true,
  rowsOf: (method, path, body) => {
    if (method === "PUT") return [{ key: null, id: /\/calls\/([^/]+)\//.exec(path)?.[1] ?? null, fields: [] }];
    return listOf((body as Loose)["inputs"]).map((input) => ({
      key: textOf(input["properties"]?.["callledger_key"]) || null,
      id: textOf(input["id"]) || null,
      fields: Object.keys(input["properties"] ?? {}),
    }));
  },
  frame: new Set(),
  titleField: "hs_call_title",
  lengthField: "hs_call_duration",
  toLength: (seconds) => String(seconds * 1_000),
};

const salesforce: Vendor = {
  create: createSalesforceSandbox,
  callObject: "Task",
  personObject: "Contact",
  toPerson: (phone) => ({ FirstName: "Alice", LastName: "Example", Phone: phone }),
  toCall: (record) => {
    const key = textOf(record["CallLedger_Key__c"]);
    const who = textOf(record["WhoId"]);
    return key === "" ? null : { id: textOf(record["Id"]), key, people: who === "" ? [] : [who], fields: record };
  },
  configuration: () => ({ searchLagMs: 4_000 }),
  settings: () => ({}),
  isWrite: (method, path) =>
    (method === "PATCH" || method === "POST") && /\/composite\/sobjects(\/Task\/\w+)?$/.test(path),
  isLook: (_method, { pathname, searchParams }) =>
    /\/query(All)?$/.test(pathname) && searchParams.get("q")?.includes("CallLedger_Key__c") === true,
  hasUniqueKey: true,
  rowsOf: (_method, _path, body) =>
    listOf((body as Loose)["records"]).map((row) => ({
      key: textOf(row["CallLedger_Key__c"]) || null,
      id: textOf(row["id"]) || null,
      fields: Object.keys(row),
    })),
  frame: new Set(["attributes", "id", "WhoId", "WhatId"]),
  titleField: "Subject",
  lengthField: "CallDurationInSeconds",
  toLength: String,
};

const zoho: Vendor = {
  create: createZohoSandbox,
  callObject: "Calls",
  personObject: "Contacts",
  toPerson: (phone) => ({ First_Name: "Alice", Last_Name: "Example", Phone: phone }),
  toCall: (record) => {
    const key = textOf(record["Call_Sync_Key"]);
    const who = (record["Who_Id"] as Loose | null)?.["id"];
    return key === ""
      ? null
      : { id: textOf(record["id"]), key, people: who === undefined ? [] : [textOf(who)], fields: record };
  },
  // A call by hand tells the org's unit of durations.
  configuration: (room) => ({ perMinuteLimit: room, searchLagMs: 4_000 }),
  settings: (room) => ({ requestsPerMinute: String(room) }),
  isWrite: (method, path) => (method === "POST" || method === "PUT") && /\/crm\/v\d+\/Calls$/.test(path),
  isLook: (_method, { pathname }, body) => pathname.endsWith("/coql") && body.includes("Call_Sync_Key"),
  hasUniqueKey: true,
  rowsOf: (_method, _path, body) =>
    listOf((body as Loose)["data"]).map((row) => ({
      key: textOf(row["Call_Sync_Key"]) || null,
      id: textOf(row["id"]) || null,
      fields: Object.keys(row),
    })),
  frame: new Set(["id", "Who_Id", "What_Id", "$se_module"]),
  titleField: "Subject",
  lengthField: "Call_Sync_Seconds",
  toLength: String,
};

const pipedrive: Vendor = {
  create: createPipedriveSandbox,
  callObject: "activities",
  personObject: "persons",
  toPerson: (phone) => ({ name: "Alice Example", phones: [{ value: phone }] }),
  toCall: (record) => {
    const key = /ref:(cl_\w{26})/.exec(textOf(record["note"]))?.[1];
    const people = listOf(record["participants"]).map((one) => String(one["person_id"]));
    return key === undefined ? null : { id: textOf(record["id"]), key, people, fields: record };
  },
  configuration: (room) => ({ plan: "lite", burstLimit: Math.min(room, 20), searchLagMs: 4_000 }),
  settings: (room) => ({ burstLimit: String(Math.min(room, 20)) }),
  isWrite: (method, path) =>
    (method === "POST" && path === "/api/v2/activities") ||
    (method === "PATCH" && path.startsWith("/api/v2/activities/")),
  // A key that no record is known by is looked for in the list of what was added; its first page begins the look.
  isLook: (method, { pathname, searchParams }) =>
    method === "GET" &&
    pathname === "/api/v2/activities" &&
    searchParams.get("sort_by") === "add_time" &&
    !searchParams.has("cursor"),
  hasUniqueKey: false,
  rowsOf: (method, path, body) => [
    {
      key: /ref:(cl_\w{26})/.exec(textOf((body as Loose)["note"]))?.[1] ?? null,
      id: method === "PATCH" ? (path.split("/").at(-1) ?? null) : null,
      fields: Object.keys(body as Loose),
    },
  ],
  frame: new Set(["participants", "org_id", "deal_id"]),
  titleField: "subject",
  lengthField: "duration",
  toLength: (seconds) => {
    const minutes = Math.ceil(seconds / 60);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}:00`;
  },
};

const vendors: Readonly<Record<CrmType, Vendor>> = { hubspot, salesforce, zoho, pipedrive };
export const crmTypes: readonly CrmType[] = ["hubspot", "salesforce", "zoho", "pipedrive"];

export type CrmStage = Readonly<{
  crm: CrmType;
  origin: string;
  token: string;
  clock: SandboxClock;
  sandbox: CrmSandbox;
  vendor: Vendor;
  settings: Readonly<Record<string, string>>;
  /** The field contract, YAML. */
  contract: string;
  isWrite: Vendor["isWrite"];
  configure(patch: unknown): void;
  /** A colleague adds a person; its id. */
  addPerson(number: string): string;
  /** Every call with a key of ours. */
  calls(): readonly CrmCall[];
  editCall(id: string, field: string, value: string): void;
  removeCall(id: string): void;
}>;

/** The CRM refuses calls of this status by a rule of its own until somebody takes the rule away. */
export const refusedTitle = "busy";

/** One CRM account on the world's clock. */
export function createStage(crm: CrmType, world: World, room: number, skewMs: number): CrmStage {
  const vendor = vendors[crm];
  const clock = world.serverClock(skewMs);
  const sandbox = vendor.create({ clock, random: createSeededRandom(world.seed * 31 + 7) });
  const origin = `https://${crm}.example`;
  const { token } = sandbox.describe(origin);
  const settings = vendor.settings(room);
  const contract = connectorKinds[crm]?.readDefaultContract({});
  if (contract === undefined) throw new Error(`there is no connector for ${crm}`);
  const done = <T extends { readonly ok: boolean }>(result: T): Extract<T, { ok: true }> => {
    if (!result.ok) throw new Error(`the ${crm} sandbox did not take it: ${JSON.stringify(result)}`);
    return result as Extract<T, { ok: true }>;
  };
  const configure = (patch: unknown): void => void done(sandbox.configuration.change(patch));
  configure(vendor.configuration(room));
  return {
    crm,
    origin,
    token,
    clock,
    sandbox,
    vendor,
    settings,
    contract,
    isWrite: vendor.isWrite,
    configure,
    addPerson: (number) => {
      const { record } = done(sandbox.records.create(vendor.personObject, vendor.toPerson(number)));
      return textOf(record["id"] ?? record["Id"]);
    },
    calls: () => sandbox.records.list(vendor.callObject).flatMap((record) => vendor.toCall(record) ?? []),
    editCall: (id, field, value) => void done(sandbox.records.update(vendor.callObject, id, { [field]: value })),
    removeCall: (id) => void done(sandbox.records.remove(vendor.callObject, id)),
  };
}
