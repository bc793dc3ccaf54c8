import { toJsonAnswer } from "../core/message.ts";
import { notFound, param, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company, CompanyUser } from "./company.ts";
import { companyId, type Wire } from "./record-wire.ts";
import { schemaRefusal } from "./refusal.ts";

const since = "2024-01-01T00:00:00Z";
const pipeline = {
  id: 1,
  name: "Pipeline",
  order_nr: 1,
  is_deleted: false,
  is_deal_probability_enabled: false,
  add_time: since,
  update_time: since,
};
const stages = ["Lead In", "Contact Made", "Negotiations"].map((name, position) => ({
  id: position + 1,
  order_nr: position + 1,
  name,
  is_deleted: false,
  deal_probability: 100,
  pipeline_id: 1,
  is_deal_rot_enabled: false,
  days_to_rotten: null,
  add_time: since,
  update_time: since,
}));

export const companyDomain = "callledger-sandbox";

/** Users, kinds of activity, pipelines: what an account is made of. */
export function accountRoutes(company: Company): readonly ApiRoute[] {
  const { config } = company;
  const users = ["users:read", "admin", "base"];
  const all = (): readonly Wire[] => config.current().users.map((user) => toUser(company, user));
  return [
    route("GET", "/v1/users", { cost: 20, scopes: users }, () => toData(all())),
    route("GET", "/v1/users/me", { cost: 2, scopes: [] }, () => toData(toMe(company))),
    route("GET", "/v1/users/find", { cost: 40, scopes: users }, ({ request: { query } }) => {
      const term = query.get("term") ?? "";
      if (term === "") throw schemaRefusal("term", "is required");
      const field = query.get("search_by_email") === "1" ? "email" : "name";
      return toData(all().filter((user) => String(user[field]).toLowerCase().includes(term.toLowerCase())));
    }),
    route("GET", "/v1/users/:id", { cost: 2, scopes: users }, (call) => {
      const user = config.current().users.find(({ id }) => id === param(call, "id"));
      if (user === undefined) throw notFound(company);
      return toData(toUser(company, user));
    }),
    route("GET", "/v1/users/:id/permissions", { cost: 10, scopes: users }, () =>
      toData({ can_add_custom_fields: true, can_bulk_edit_items: true, can_create_own_workflow: true }),
    ),
    route("GET", "/v1/activityTypes", { cost: 20, scopes: ["activities:read", "admin", "base"] }, () =>
      toData(config.current().activityTypes.map(toActivityType)),
    ),
    route("GET", "/api/v2/pipelines", { cost: 5, scopes: ["deals:read", "admin"] }, () => toList([pipeline])),
    route("GET", "/api/v2/pipelines/:id", { cost: 1, scopes: ["deals:read", "admin"] }, (call) => {
      if (param(call, "id") !== "1") throw notFound(company);
      return toData(pipeline);
    }),
    route("GET", "/api/v2/stages", { cost: 5, scopes: ["deals:read", "admin"] }, ({ request: { query } }) =>
      toList((query.get("pipeline_id") ?? "1") === "1" ? stages : []),
    ),
    route("GET", "/api/v2/stages/:id", { cost: 1, scopes: ["deals:read", "admin"] }, (call) => {
      const stage = stages.find(({ id }) => String(id) === param(call, "id"));
      if (stage === undefined) throw notFound(company);
      return toData(stage);
    }),
  ];
}

function toList(data: readonly unknown[]) {
  return toJsonAnswer(200, { success: true, data, additional_data: { next_cursor: null } });
}

function toActivityType(type: Readonly<Record<string, unknown>>): Wire {
  return {
    ...type,
    order_nr: type["id"],
    icon_key: type["key_string"],
    color: "FFFFFF",
    is_custom_flag: false,
    add_time: "2024-01-01 00:00:00",
    update_time: "2024-01-01 00:00:00",
  };
}

function toUser(company: Company, { id, name, email, active }: CompanyUser): Wire {
  const isYou = Number(id) === company.me();
  return {
    id: Number(id),
    name,
    default_currency: "EUR",
    locale: "en_GB",
    lang: 1,
    email,
    phone: null,
    activated: true,
    last_login: "2026-01-01 00:00:00",
    created: "2024-01-01 00:00:00",
    modified: "2024-01-01 00:00:00",
    has_created_company: isYou,
    access: [
      { app: "sales", admin: isYou, permission_set_id: "62cc4d7f-4038-4352-abf3-a8c1c822b631" },
      { app: "global", admin: isYou, permission_set_id: "233b7976-39bd-43a9-b305-ef3a2b0998e5" },
    ],
    active_flag: active,
    timezone_name: "Europe/London",
    timezone_offset: "+00:00",
    role_id: 1,
    icon_url: null,
    is_you: isYou,
    is_deleted: false,
  };
}

function toMe(company: Company): Wire {
  const [first] = company.config.current().users;
  return {
    ...(first === undefined ? {} : toUser(company, first)),
    company_id: companyId,
    company_name: "CallLedger Sandbox",
    company_domain: companyDomain,
    company_country: "GB",
    company_industry: "Telecommunications",
    language: { language_code: "en", country_code: "GB" },
  };
}
