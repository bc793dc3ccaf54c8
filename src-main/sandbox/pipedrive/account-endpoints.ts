import { notFound, param, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company, CompanyUser } from "./company.ts";
import { companyId, type Wire } from "./record-wire.ts";
import { schemaRefusal } from "./refusal.ts";

export const companyDomain = "callledger-sandbox";

/** Who works in the account. */
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
  ];
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
