import { z } from "zod";
import type { Link, MirrorRecord } from "../../engine/ports/connector.ts";
import { type Contact, type PersonObject, phonesOf, toCandidate } from "./person.ts";

export const mirroredObjects = ["persons", "organizations", "deals"] as const;

const reference = z.number().nullish().catch(null);
const deal = z.looseObject({
  id: z.number(),
  title: z.string().nullish().catch(null),
  status: z.string().optional().catch(undefined),
  owner_id: reference,
  person_id: reference,
  org_id: reference,
});
export const dealPage = z.looseObject({
  success: z.literal(true),
  data: z.array(deal),
  additional_data: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
});

export function toMirrorRecord(object: PersonObject, found: Contact, customPhones: readonly string[]): MirrorRecord {
  const { id, name, ownerId, also } = toCandidate(object, found, "");
  return {
    kind: object === "persons" ? "person" : "company",
    object,
    id,
    name,
    ownerId,
    phones: phonesOf(found, customPhones).map(([field, typed]) => ({ field, typed })),
    links: also,
    // A list tells only when a person was changed, which says nothing about who was talked to.
    lastActivityAt: null,
    mergedIds: [],
  };
}

export function toDealRecord({ id, title, owner_id, person_id, org_id }: z.infer<typeof deal>): MirrorRecord {
  const link = (object: string, target: number | null | undefined): readonly Link[] =>
    target === null || target === undefined ? [] : [{ object, id: String(target) }];
  return {
    kind: "deal",
    object: "deals",
    id: String(id),
    name: title === null || title === undefined || title === "" ? `Deal ${id}` : title,
    ownerId: owner_id === null || owner_id === undefined ? null : String(owner_id),
    phones: [],
    links: [...link("persons", person_id), ...link("organizations", org_id)],
    lastActivityAt: null,
    mergedIds: [],
  };
}
