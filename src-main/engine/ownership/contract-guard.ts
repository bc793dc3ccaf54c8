import { holdsKey } from "../../../src-shared/domain/mapping.ts";
import type { FieldRule, OwnershipContract } from "../../../src-shared/domain/ownership.ts";

/** What nobody may change in a contract, or has changed in a way that cannot work, as sentences; empty where all is well. */
export function findForbiddenChanges(standard: OwnershipContract, edited: OwnershipContract): readonly string[] {
  if (edited.crm !== standard.crm) return [`crm: this integration is ${standard.crm}, the file is for ${edited.crm}.`];
  const unknown = Object.keys(edited.objects)
    .filter((object) => !Object.hasOwn(standard.objects, object))
    .map(
      (object) =>
        `objects.${object}: nothing is ever written to it. Known: ${Object.keys(standard.objects).join(", ")}.`,
    );
  return [...unknown, ...keyFields(standard).flatMap((field) => keyProblem(edited, field))];
}

type KeyField = Readonly<{ object: string; field: string; rule: FieldRule }>;

/** Fields whose value has the key by which a call is found again. */
function keyFields({ objects }: OwnershipContract): readonly KeyField[] {
  return Object.entries(objects).flatMap(([object, { fields }]) =>
    Object.entries(fields).flatMap(([field, rule]) => (hasKey(rule) ? [{ object, field, rule }] : [])),
  );
}

const hasKey = (rule: FieldRule): boolean => rule.own !== "crm" && holdsKey(rule.value);

/** Words around the key may change where it is part of a text; that it is written, and how it is marked, may not. */
function keyProblem({ objects }: OwnershipContract, { object, field, rule }: KeyField): readonly string[] {
  const fields = Object.hasOwn(objects, object) ? objects[object]?.fields : undefined;
  const edited = fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (edited?.own === rule.own && hasKey(edited) && markOf(edited) === markOf(rule)) return [];
  return [
    `objects.${object}.fields.${field}: it holds the key by which a call is found again, so that none is written twice. Leave it as the default has it.`,
  ];
}

/** How the key is marked in a text: what stands right before it. */
function markOf(rule: FieldRule): string {
  if (rule.own === "crm" || !("template" in rule.value)) return "";
  return /(\S*)\{key\}/.exec(rule.value.template.replaceAll(/<[^>]*>/g, " "))?.[1] ?? "";
}
