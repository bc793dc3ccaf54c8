import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { moduleFacts, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { moduleQuery, param, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { invalidData } from "./refusal.ts";

const scope = ["ZohoCRM.settings.custom_views.READ"];

/** Every module has one view, of all its records. */
export function allViewId(module: ModuleName): string {
  return `${moduleFacts(module).id.slice(0, -4)}6${moduleFacts(module).id.slice(-3)}`;
}

/** Throws a `Refusal` for a view that the module does not have. */
export function checkView(module: ModuleName, call: Pick<ZohoCall, "request">): void {
  const cvid = call.request.query.get("cvid");
  if (cvid !== null && cvid !== allViewId(module))
    throw invalidData({ param_name: "cvid" }, "the cvid given seems to be invalid");
}

export function viewRoutes(org: Org): readonly ZohoRoute[] {
  const at = "/crm/:version/settings/custom_views";
  return [
    route("GET", at, scope, (call) => {
      const module = moduleQuery(call);
      const info = { per_page: 200, default: allViewId(module), count: 1, page: 1, more_records: false };
      return toJsonAnswer(200, { custom_views: [toWireView(org, module)], info });
    }),
    route("GET", `${at}/:id`, scope, (call): SandboxAnswer => {
      const module = moduleQuery(call);
      if (param(call, "id") !== allViewId(module)) return toEmptyAnswer(204);
      return toJsonAnswer(200, { custom_views: [toWireView(org, module)] });
    }),
  ];
}

function toWireView(org: Org, module: ModuleName): object {
  const { plural, nameField, id } = moduleFacts(module);
  const fields = [...org.registry.fields(module).values()].filter(({ type }) => type !== "textarea").slice(0, 10);
  return {
    id: allViewId(module),
    name: `All ${plural}`,
    system_name: `ALL${plural.toUpperCase()}`,
    display_value: `All ${plural}`,
    category: "public_views",
    access_type: "public",
    module: { api_name: module, id },
    default: true,
    system_defined: true,
    favorite: null,
    offline: true,
    locked: false,
    criteria: null,
    shared_to: null,
    sort_by: null,
    sort_order: null,
    last_accessed_time: null,
    modified_time: null,
    modified_by: null,
    created_time: null,
    created_by: null,
    fields: [nameField, ...fields.map(({ name }) => name).filter((name) => name !== nameField)].map((name) => ({
      api_name: name,
      id: org.registry.allFields(module).get(name)?.id ?? null,
      _pin: false,
    })),
  };
}
