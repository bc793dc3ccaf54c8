import { z } from "zod";
import { checkRight } from "./access-rights.ts";
import type { AssociationType } from "./association-types.ts";
import { objectTypes, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { checkLinkEnd } from "./record-links.ts";
import type { Link } from "./record-writer.ts";
import { invalid } from "./refusal.ts";

export const idInput = z.union([z.string().min(1), z.number().transform(String)]);
export const associationSpec = z.object({
  associationCategory: z.enum(["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"]),
  associationTypeId: z.int(),
});
export const linksInput = z
  .array(z.object({ to: z.object({ id: idInput }), types: z.array(associationSpec).min(1) }))
  .optional();

type Spec = z.output<typeof associationSpec>;

/** The type that a spec names from one object. Throws a `Refusal` for one that does not exist there. */
export function toAssociationType({ types }: Portal, from: ObjectName, spec: Spec, to?: ObjectName): AssociationType {
  const type = types.find(from, spec.associationTypeId, to);
  if (type === undefined || type.category !== spec.associationCategory) {
    const target = to === undefined ? "" : ` to ${objectTypes[to].typeId}`;
    throw invalid(
      `${spec.associationCategory} association type ${spec.associationTypeId} from ${objectTypes[from].typeId}${target} is not valid.`,
    );
  }
  return type;
}

/** The links of a create, each checked at its other end. Throws a `Refusal`. */
export function toLinks(portal: Portal, from: ObjectName, given: z.output<typeof linksInput>): readonly Link[] {
  return (given ?? []).flatMap(({ to, types }) =>
    types.map((spec) => {
      const type = toAssociationType(portal, from, spec);
      checkRight(portal.config.current(), type.to, "edit");
      checkLinkEnd(portal, type.to, to.id);
      return { type, toId: to.id };
    }),
  );
}
