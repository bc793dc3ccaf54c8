import { randomUUID } from "node:crypto";
import { z } from "zod";
import { toJsonAnswer } from "../core/message.ts";
import { listParam, notFound, param, parseV1, requireRecord, route, toData, toOffsetPage } from "./api-call.ts";
import type { ApiCall, ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest, schemaRefusal } from "./refusal.ts";

const money = z.looseObject({ amount: z.number(), currency: z.string().length(3) });
const reference = z.int().positive().nullable();
const leadChange = z.looseObject({
  title: z.string().min(1).optional(),
  owner_id: z.int().positive().optional(),
  label_ids: z.array(z.string()).optional(),
  person_id: reference.optional(),
  organization_id: reference.optional(),
  is_archived: z.boolean().optional(),
  value: money.nullable().optional(),
  expected_close_date: z.string().nullable().optional(),
  visible_to: z.string().optional(),
  was_seen: z.boolean().optional(),
});
const leadBody = leadChange.extend({ title: z.string().min(1) });
type Change = z.output<typeof leadChange>;

export type Lead = {
  readonly id: string;
  readonly title: string;
  readonly given: Change;
  readonly addedAt: number;
  readonly changedAt: number;
};

const labels = [
  { id: "f08b42a0-4e75-11ea-9643-03698ef1cfd6", name: "Hot", color: "red" },
  { id: "f08b42a1-4e75-11ea-9643-03698ef1cfd6", name: "Warm", color: "yellow" },
  { id: "f08b42a2-4e75-11ea-9643-03698ef1cfd6", name: "Cold", color: "blue" },
].map((label) => ({ ...label, add_time: "2024-01-01T00:00:00.000Z", update_time: "2024-01-01T00:00:00.000Z" }));
const sources = ["Manually created", "Deal", "Web forms", "Prospector", "Leadbooster", "Live chat", "Import"];

export type Leads = {
  readonly routes: readonly ApiRoute[];
  readonly has: (id: string) => boolean;
  readonly get: (id: string) => Lead | undefined;
  readonly add: (title: string, given: Change) => Lead;
  readonly remove: (id: string) => void;
  readonly clear: () => void;
};

/** Leads of the first version: a title and whom it is about. They are no objects of the administration. */
export function createLeads(company: Company): Leads {
  const saved = new Map<string, Lead>();
  const find = (call: ApiCall): Lead => {
    const lead = saved.get(param(call, "id"));
    if (lead === undefined) throw notFound(company);
    return lead;
  };
  const save = (lead: Lead, status = 200) => {
    saved.set(lead.id, lead);
    return toData(toWire(company, lead), status);
  };
  const toLead = (title: string, given: Change): Lead => {
    const now = company.clock.now();
    return { id: randomUUID(), title, given, addedAt: now, changedAt: now };
  };
  const list = (call: ApiCall, isArchived: boolean) => {
    const { query } = call.request;
    const wanted = (["owner_id", "person_id", "organization_id"] as const).flatMap((name) => {
      const id = query.get(name);
      return id === null ? [] : [[name, Number(id)] as const];
    });
    const all = [...saved.values()].filter(
      ({ given }) => (given.is_archived ?? false) === isArchived && wanted.every(([name, id]) => given[name] === id),
    );
    const { page, additional } = toOffsetPage(call, all, 100, 500);
    const shown = page.map((lead) => toWire(company, lead));
    return toData(shown, 200, additional);
  };
  const at = "/v1/leads";
  const read = ["leads:read"];
  const write = ["leads:full"];
  return {
    routes: [
      route("GET", at, { cost: 20, scopes: read }, (call) => list(call, false)),
      route("GET", `${at}/archived`, { cost: 20, scopes: read }, (call) => list(call, true)),
      route("POST", at, { cost: 10, scopes: write }, (call) => {
        const { title, ...given } = parseV1(call, leadBody);
        checkTargets(company, given);
        return save(toLead(title, given), 201);
      }),
      route("GET", `${at}/:id`, { cost: 2, scopes: read }, (call) => toData(toWire(company, find(call)))),
      route("PATCH", `${at}/:id`, { cost: 10, scopes: write }, (call) => {
        const lead = find(call);
        const { title = lead.title, ...changes } = parseV1(call, leadChange);
        const given = { ...lead.given, ...changes };
        checkTargets(company, given);
        return save({ ...lead, title, given, changedAt: company.clock.now() });
      }),
      route("DELETE", `${at}/:id`, { cost: 6, scopes: write }, (call) => {
        const { id } = find(call);
        saved.delete(id);
        return toData({ id });
      }),
      route("GET", "/v1/leadLabels", { cost: 20, scopes: read }, () => toData(labels)),
      route("GET", "/v1/leadSources", { cost: 20, scopes: read }, () => toData(sources.map((name) => ({ name })))),
      route("GET", "/api/v2/leads/search", { cost: 20, scopes: [...read, "search:read"], isSearch: true }, (call) =>
        search(call, [...saved.values()]),
      ),
    ],
    has: (id) => saved.has(id),
    get: (id) => saved.get(id),
    add: (title, given) => {
      const lead = toLead(title, given);
      saved.set(lead.id, lead);
      return lead;
    },
    remove: (id) => void saved.delete(id),
    clear: () => saved.clear(),
  };
}

/** A lead is about a person or an organization; both must be there. Throws a `Refusal`. */
function checkTargets(
  company: Company,
  { person_id: person, organization_id: organization, label_ids: ids }: Change,
): void {
  if ((person ?? undefined) === undefined && (organization ?? undefined) === undefined)
    throw badRequest("Bad request: a lead must be linked to a person or an organization");
  if (typeof person === "number") requireRecord(company, "persons", String(person), "current");
  if (typeof organization === "number") requireRecord(company, "organizations", String(organization), "current");
  const unknown = ids?.find((id) => labels.every((label) => label.id !== id));
  if (unknown !== undefined) throw badRequest(`Bad request: label ${unknown} does not exist`);
}

function search(call: ApiCall, leads: readonly Lead[]) {
  const { query } = call.request;
  const term = (query.get("term") ?? "").toLowerCase();
  const isExact = query.get("exact_match") === "true";
  if (term.length < (isExact ? 1 : 2)) throw schemaRefusal("term", `must have at least ${isExact ? 1 : 2} characters`);
  const fields = listParam(call, "fields") ?? ["title"];
  const found = leads.filter(({ title }) => {
    const held = title.toLowerCase();
    return fields.includes("title") && (isExact ? held === term : held.includes(term));
  });
  const items = found.map(({ id, title }) => ({ result_score: 1, item: { id, type: "lead", title } }));
  return toJsonAnswer(200, { success: true, data: { items }, additional_data: { next_cursor: null } });
}

function toWire(company: Company, { id, title, given, addedAt, changedAt }: Lead): Wire {
  return {
    id,
    title,
    owner_id: given.owner_id ?? company.me(),
    creator_id: company.me(),
    label_ids: given.label_ids ?? [],
    person_id: given.person_id ?? null,
    organization_id: given.organization_id ?? null,
    source_name: "API",
    is_archived: given.is_archived ?? false,
    was_seen: given.was_seen ?? false,
    value: given.value ?? null,
    expected_close_date: given.expected_close_date ?? null,
    next_activity_id: null,
    add_time: new Date(addedAt).toISOString(),
    update_time: new Date(changedAt).toISOString(),
    visible_to: given.visible_to ?? "3",
    cc_email: null,
  };
}
