import type { ObjectPermission } from "../core/account-configuration.ts";
import type { HubspotConfig } from "./configuration.ts";
import { objectParam, type HubCall, type RouteKind } from "./hub-call.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import { Refusal } from "./refusal.ts";
import type { Caller } from "./tokens.ts";

/** Activities have no scopes of their own: those of contacts cover them. */
const scopeObject: Readonly<Record<ObjectName, string>> = {
  contacts: "contacts",
  companies: "companies",
  deals: "deals",
  calls: "contacts",
  notes: "contacts",
  tasks: "contacts",
  emails: "contacts",
  meetings: "contacts",
};

/** The scopes of which one must be granted for a route; none for an open one. Throws a `Refusal` for an unknown object. */
export function scopesFor(kind: RouteKind, call: HubCall, { callPropertyScope }: HubspotConfig): readonly string[] {
  const of = (name = "object"): string => scopeObject[objectParam(call, name)];
  switch (kind) {
    case "read":
    case "search":
      return [`crm.objects.${of()}.read`];
    case "write":
      return [`crm.objects.${of()}.write`];
    case "link-read":
      return [`crm.objects.${of("from")}.read`];
    case "link-write":
      return [`crm.objects.${of("from")}.write`];
    case "schema-read":
      return [`crm.schemas.${of()}.read`, `crm.objects.${of()}.read`];
    case "schema-write":
      return [objectParam(call) === "calls" ? callPropertyScope : `crm.schemas.${of()}.write`];
    case "owners":
      return ["crm.objects.owners.read"];
    case "pipelines":
      return ["crm.objects.deals.read", "crm.schemas.deals.read"];
    case "pipelines-write":
      return ["crm.objects.deals.write", "crm.schemas.deals.write"];
    case "open":
      return [];
  }
}

/** Throws a 403 `Refusal` when none of the scopes is granted. */
export function checkScopes({ scopes }: Caller, wanted: readonly string[]): void {
  if (wanted.length === 0 || scopes === null || wanted.some((scope) => scopes.includes(scope))) return;
  throw new Refusal(
    403,
    "MISSING_SCOPES",
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        { message: "One or more of the following scopes are required.", context: { requiredGranularScopes: wanted } },
      ],
      links: { scopes: "https://developers.hubspot.com/scopes" },
    },
  );
}

/** Throws a 403 `Refusal` when the token's user may not do this to the object. */
export function checkRight({ objectPermissions }: HubspotConfig, object: ObjectName, right: ObjectPermission): void {
  const granted = objectPermissions[object];
  if (granted === undefined || granted.includes(right)) return;
  throw new Refusal(403, "USER_DOES_NOT_HAVE_PERMISSIONS", `The user does not have permission to ${right} ${object}.`);
}

/** The object that a write locks, if the route writes to one. */
export function writtenObject(kind: RouteKind, call: Pick<HubCall, "params">): ObjectName | undefined {
  if (kind !== "write" && kind !== "link-write") return undefined;
  const name = call.params[kind === "write" ? "object" : "from"];
  return name === undefined ? undefined : toObjectName(name);
}
