import type { Company } from "./company.ts";
import type { FieldDefinition } from "./field-definition.ts";
import type { CoreObject } from "./object-types.ts";

/** Scopes that reading and changing the fields of an object take. */
export const fieldScopes: Readonly<
  Record<CoreObject, { readonly read: readonly string[]; readonly write: readonly string[] }>
> = {
  persons: { read: ["contacts:read", "contact-fields:full", "admin"], write: ["contact-fields:full"] },
  organizations: { read: ["contacts:read", "contact-fields:full", "admin"], write: ["contact-fields:full"] },
  deals: { read: ["deals:read", "deal-fields:full", "admin"], write: ["deal-fields:full"] },
  activities: { read: ["admin"], write: ["admin"] },
};

export function shownFields({ registry, config }: Company, object: CoreObject): readonly FieldDefinition[] {
  const rights = config.current().fieldPermissions[object] ?? {};
  return registry.list(object).filter(({ code }) => rights[code] !== "none");
}
