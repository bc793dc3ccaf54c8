import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import { jsonBody, notFound, param, requireRecord, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { Lead, Leads } from "./lead-endpoints.ts";
import type { RecordWriter } from "./record-writer.ts";
import { schemaRefusal } from "./refusal.ts";

const place = z.looseObject({ stage_id: z.int().positive().optional(), pipeline_id: z.int().positive().optional() });

/** What became of a conversion; the vendor runs it as a job, here it is done when it is asked for. */
type Conversion = Readonly<{ of: string; made: Readonly<{ deal_id: number } | { lead_id: string }> }>;

/** Leads become deals and deals leads again: what was converted is gone, what it was about goes along. */
export function createConversions(
  company: Company,
  writer: RecordWriter,
  leads: Leads,
): { readonly routes: readonly ApiRoute[]; readonly clear: () => void } {
  const conversions = new Map<string, Conversion>();
  const note = (conversion: Conversion): SandboxAnswer => {
    const id = randomUUID();
    conversions.set(id, conversion);
    return toData({ conversion_id: id });
  };
  const toDeal = (call: ApiCall): SandboxAnswer => {
    const lead = leads.get(param(call, "id"));
    if (lead === undefined) throw notFound(company);
    const given = place.safeParse(call.request.body.length === 0 ? {} : jsonBody(call));
    if (!given.success) throw schemaRefusal("stage_id", "must be the id of a stage");
    const { stage_id, pipeline_id } = given.data;
    const where = {
      ...(stage_id === undefined ? {} : { stage_id }),
      ...(pipeline_id === undefined ? {} : { pipeline_id }),
    };
    const deal = writer.create("deals", { ...toDealFields(lead), ...where });
    leads.remove(lead.id);
    return note({ of: lead.id, made: { deal_id: Number(deal.id) } });
  };
  const toLead = (call: ApiCall): SandboxAnswer => {
    const deal = requireRecord(company, "deals", param(call, "id"), "current");
    if (deal.deletedAt !== undefined) throw notFound(company);
    const lead = leads.add(...toLeadFields(deal));
    writer.remove(deal);
    return note({ of: deal.id, made: { lead_id: lead.id } });
  };
  const tell = (call: ApiCall): SandboxAnswer => {
    const id = param(call, "conversionId");
    const found = conversions.get(id);
    if (found === undefined || found.of !== param(call, "id")) throw notFound(company);
    return toData({ conversion_id: id, status: "completed", ...found.made });
  };
  const leadScopes = { read: ["leads:read"], write: ["leads:full"] };
  const dealScopes = { read: ["deals:read"], write: ["deals:full"] };
  return {
    routes: [
      route("POST", "/api/v2/leads/:id/convert/deal", { cost: 40, scopes: leadScopes.write }, toDeal),
      route("GET", "/api/v2/leads/:id/convert/status/:conversionId", { cost: 1, scopes: leadScopes.read }, tell),
      route("POST", "/api/v2/deals/:id/convert/lead", { cost: 40, scopes: dealScopes.write }, toLead),
      route("GET", "/api/v2/deals/:id/convert/status/:conversionId", { cost: 1, scopes: dealScopes.read }, tell),
    ],
    clear: () => conversions.clear(),
  };
}

function toDealFields({ title, given }: Lead): Readonly<Record<string, unknown>> {
  const { owner_id, person_id, organization_id, value, expected_close_date, visible_to } = given;
  return Object.fromEntries(
    Object.entries({
      title,
      owner_id,
      person_id,
      org_id: organization_id,
      value: value?.amount,
      currency: value?.currency,
      expected_close_date,
      visible_to: visible_to === undefined ? undefined : Number(visible_to),
    }).filter(([, each]) => each !== undefined && each !== null),
  );
}

const idOrNone = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

function toLeadFields({ fields }: CompanyRecord): Parameters<Leads["add"]> {
  const { title, value, currency, expected_close_date: closes } = fields;
  const [person, organization, owner] = ["person_id", "org_id", "owner_id"].map((name) => idOrNone(fields[name]));
  return [
    String(title),
    {
      ...(person === undefined ? {} : { person_id: person }),
      ...(organization === undefined ? {} : { organization_id: organization }),
      ...(owner === undefined ? {} : { owner_id: owner }),
      ...(typeof value === "number"
        ? { value: { amount: value, currency: typeof currency === "string" ? currency : "EUR" } }
        : {}),
      ...(typeof closes === "string" ? { expected_close_date: closes } : {}),
    },
  ];
}
