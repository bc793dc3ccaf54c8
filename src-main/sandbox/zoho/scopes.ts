import type { ZohoConfig } from "./configuration.ts";
import { noPermission, Refusal } from "./refusal.ts";
import type { Caller } from "./tokens.ts";
import type { Access } from "./zoho-call.ts";

/**
 * Whether a granted scope covers a wanted one: `ZohoCRM.modules.ALL` covers `ZohoCRM.modules.calls.CREATE`, as does
 * `ZohoCRM.modules.calls.ALL`; names are not case-sensitive, and WRITE stands for create and update.
 */
export function covers(granted: string, wanted: string): boolean {
  const have = granted.toLowerCase().split(".");
  const want = wanted.toLowerCase().split(".");
  const operation = want.at(-1) ?? "";
  const may = have.at(-1) ?? "";
  const isWrite = operation === "create" || operation === "update";
  if (may !== "all" && may !== operation && !(may === "write" && isWrite)) return false;
  return have.slice(0, -1).every((part, position) => part === want[position]) && have.length <= want.length;
}

/** Throws a 401 `Refusal` when a wanted scope is not granted. */
export function checkScopes({ scopes }: Caller, wanted: readonly string[]): void {
  if (scopes === null || wanted.every((scope) => scopes.some((granted) => covers(granted, scope)))) return;
  throw new Refusal(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL");
}

const permissionWords = { create: "Create", read: "View", edit: "Edit", delete: "Delete" } as const;

/** Throws a 403 `Refusal` when the token's user may not do this to the module. */
export function checkRight({ objectPermissions }: ZohoConfig, right: Access["right"]): void {
  if (right === undefined) return;
  const granted = objectPermissions[right.module];
  if (granted === undefined || granted.includes(right.permission)) return;
  throw noPermission(`Crm_Implied_${permissionWords[right.permission]}_${right.module}`);
}
