import { z } from "zod";
import type { PersonCandidate } from "../../engine/ports/connector.ts";
import { readTime } from "./activity.ts";

const reference = z.number().nullish().catch(null);
const points = z
  .array(z.looseObject({ value: z.string() }))
  .nullish()
  .catch(null);

/** A person or an organization of a list, as far as numbers are concerned. */
export const contact = z.looseObject({
  id: z.number(),
  name: z.string().nullish().catch(null),
  owner_id: reference,
  org_id: reference,
  phones: points,
  custom_fields: z.record(z.string(), z.unknown()).nullish().catch(null),
  update_time: z.string().optional().catch(undefined),
  is_deleted: z.boolean().optional().catch(undefined),
});
export type Contact = z.infer<typeof contact>;

export const contactPage = z.looseObject({
  success: z.literal(true),
  data: z.array(contact),
  additional_data: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
});

export type PersonObject = "persons" | "organizations";
const words: Readonly<Record<PersonObject, string>> = { persons: "Person", organizations: "Organization" };

/** Values that may be numbers, with the field that holds each: `phones`, and custom fields of the phone type. */
export function phonesOf(found: Contact, customPhones: readonly string[]): readonly (readonly [string, string])[] {
  const own = (found.phones ?? []).map(({ value }) => ["phones", value] as const);
  const custom = customPhones.flatMap((code) => {
    const value = found.custom_fields?.[code];
    return typeof value === "string" && value !== "" ? [[code, value] as const] : [];
  });
  return [...own, ...custom];
}

export function toCandidate(object: PersonObject, found: Contact, field: string): PersonCandidate {
  const { name, owner_id: owner, org_id: organization } = found;
  return {
    object,
    id: String(found.id),
    name: name === null || name === undefined || name === "" ? `${words[object]} ${found.id}` : name,
    field,
    ownerId: owner === null || owner === undefined ? null : String(owner),
    also:
      object === "organizations" || organization === null || organization === undefined
        ? []
        : [{ object: "organizations", id: String(organization) }],
    lastActivityAt: readTime(found.update_time) ?? null,
  };
}
