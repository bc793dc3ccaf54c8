import type { AccountUser } from "../core/account-configuration.ts";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { Org } from "./org.ts";
import { maxPage } from "./read-endpoints.ts";
import { numberParam, param, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";

/** The org's id, as bulk uploads and the record pages name it. */
export const orgId = "3652397000000020005";
export const zgid = "20064123456";

const editions: Readonly<Record<string, string>> = {
  free: "free",
  standard: "standard",
  professional: "professional",
  enterprise: "enterprise",
  ultimate: "ultimate",
};

export function orgRoutes(org: Org): readonly ZohoRoute[] {
  const users = ["ZohoCRM.users.READ"];
  return [
    route("GET", "/crm/:version/org", ["ZohoCRM.org.READ"], () => toJsonAnswer(200, { org: [toWireOrg(org)] })),
    route("GET", "/crm/:version/users", users, (call) => listUsers(org, call)),
    route("GET", "/crm/:version/users/actions/count", users, (call) => {
      const type = call.request.query.get("type") ?? "AllUsers";
      const found = org.config.current().users.filter((user, position) => isOfType(type, user, position));
      return toJsonAnswer(200, { count: found.length });
    }),
    ...namedRoutes("profiles", administrator),
    ...namedRoutes("roles", role),
    route("GET", "/crm/:version/users/:id", users, (call) => {
      const user = org.findUser(param(call, "id"));
      return user === undefined ? toEmptyAnswer(204) : toJsonAnswer(200, { users: [toWireUser(org, user)] });
    }),
  ];
}

const administrator = { id: "3652397000000026011", name: "Administrator" };
const role = { id: "3652397000000026005", name: "CEO" };

/** The org has one profile and one role, which all users have. */
function namedRoutes(key: "profiles" | "roles", { id, name }: typeof role): readonly ZohoRoute[] {
  const scopes = [`ZohoCRM.settings.${key}.READ`];
  const details =
    key === "profiles"
      ? { custom: false, type: "normal_profile", category: false, permissions_details: [], sections: [] }
      : { admin_user: true, reporting_to: null, forecast_manager: null, share_with_peers: true };
  const wire = { id, name, display_label: name, description: null, ...details };
  const at = `/crm/:version/settings/${key}`;
  return [
    route("GET", at, scopes, () => toJsonAnswer(200, { [key]: [wire] })),
    route("GET", `${at}/:id`, scopes, (call) =>
      param(call, "id") === id ? toJsonAnswer(200, { [key]: [wire] }) : toEmptyAnswer(204),
    ),
  ];
}

function toWireOrg(org: Org): object {
  const { plan, seats, orgTimeZone } = org.config.current();
  return {
    id: orgId,
    zgid,
    company_name: "Test Clinic",
    domain_name: `org${zgid}`,
    alias: null,
    primary_email: "alice@example.com",
    primary_zuid: "20064123400",
    country: "United Kingdom",
    country_code: "GB",
    currency: "British Pound - GBP",
    currency_symbol: "£",
    currency_locale: "en_GB",
    iso_code: "GBP",
    time_zone: orgTimeZone,
    employee_count: String(seats),
    mc_status: false,
    gapps_enabled: false,
    translation_enabled: false,
    privacy_settings: false,
    type: "Production",
    max_per_page: maxPage,
    license_details: {
      paid: plan !== "free",
      paid_type: editions[plan],
      paid_expiry: null,
      trial_type: null,
      trial_expiry: null,
      trial_action: null,
      users_license_purchased: seats,
    },
  };
}

function listUsers(org: Org, call: ZohoCall): SandboxAnswer {
  const type = call.request.query.get("type") ?? "AllUsers";
  const perPage = numberParam(call, "per_page", { fallback: maxPage, max: maxPage });
  const page = numberParam(call, "page", { fallback: 1, max: 100_000 });
  const found = org.config.current().users.filter((user, position) => isOfType(type, user, position));
  const rows = found.slice((page - 1) * perPage, page * perPage);
  if (rows.length === 0) return toEmptyAnswer(204);
  return toJsonAnswer(200, {
    users: rows.map((user) => toWireUser(org, user)),
    info: { per_page: perPage, count: rows.length, page, more_records: found.length > page * perPage },
  });
}

/** The first user is the token's, and the only administrator. */
function isOfType(type: string, { active }: AccountUser, position: number): boolean {
  switch (type) {
    case "CurrentUser":
      return position === 0;
    case "ActiveUsers":
    case "ActiveConfirmedUsers":
    case "ConfirmedUsers":
      return active;
    case "AdminUsers":
    case "ActiveConfirmedAdmins":
      return position === 0 && active;
    case "DeactiveUsers":
    case "NotConfirmedUsers":
      return !active;
    default:
      return type === "AllUsers";
  }
}

function toWireUser(org: Org, { id, name, email, active }: AccountUser): object {
  const words = name.split(" ");
  const last = words.pop() ?? name;
  return {
    id,
    full_name: name,
    first_name: words.join(" "),
    last_name: last,
    email,
    zuid: id.slice(-11),
    status: active ? "active" : "inactive",
    confirm: true,
    type__s: "Regular User",
    role,
    profile: administrator,
    country_locale: "en_GB",
    locale: "en_GB",
    language: "en_GB",
    time_zone: org.config.current().orgTimeZone,
    phone: null,
    mobile: null,
  };
}
