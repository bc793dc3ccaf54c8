import type { ObjectSchema, SchemaField } from "./crm-schema.ts";
import type { FieldRule, OwnershipContract } from "./ownership.ts";

/** What an administrator changed about a field that the contract writes. */
export type DriftKind = "renamed" | "removed" | "type_changed" | "value_retired" | "closed";

/** A field of the contract that is no longer what it was when the contract was made, with what to do about it. */
export type FieldDrift = Readonly<{ object: string; field: string; kind: DriftKind; says: string; fix: string }>;

export type DriftAsk = Readonly<{
  contract: OwnershipContract;
  /** The CRM as people know it. */
  crm: string;
  /** What the CRM told of its fields when the contract was made, and what it tells now. */
  was: readonly ObjectSchema[];
  now: readonly ObjectSchema[];
}>;

/** How the fields of the contract changed in the CRM since it was made; fields that are only read do not count. */
export function findDrift({ contract, crm, was, now }: DriftAsk): readonly FieldDrift[] {
  return now.flatMap((schema) => {
    const rules = Object.hasOwn(contract.objects, schema.object) ? contract.objects[schema.object]?.fields : undefined;
    const before = was.find(({ object }) => object === schema.object);
    if (rules === undefined || before === undefined) return [];
    return Object.entries(rules).flatMap(([field, rule]) => {
      const old = before.fields.find(({ name }) => name === field);
      // Fields that the contract names and the CRM never told of are for the check of each write.
      if (rule.own === "crm" || old === undefined) return [];
      const found = driftOf({ crm, schema, before, old, rule });
      return found === null ? [] : [{ object: schema.object, field, ...found }];
    });
  });
}

type One = Readonly<{
  crm: string;
  schema: ObjectSchema;
  before: ObjectSchema;
  old: SchemaField;
  rule: Exclude<FieldRule, { own: "crm" }>;
}>;
type Found = Pick<FieldDrift, "kind" | "says" | "fix"> | null;

function driftOf(one: One): Found {
  const { crm, schema, old, rule } = one;
  const present = schema.fields.find(({ name }) => name === old.name);
  if (present === undefined) return goneDrift(one);
  if (present.kind !== old.kind)
    return {
      kind: "type_changed",
      says: `The field ${old.name} in ${crm} was for ${kinds[old.kind]} and is for ${kinds[present.kind]} now.`,
      fix: "Map a value of the new kind to it in the field contract, or have the field changed back.",
    };
  const wasOpen = old.mayCreate || old.mayUpdate;
  if (wasOpen && !present.mayCreate && !present.mayUpdate)
    return {
      kind: "closed",
      says: `The field ${old.name} in ${crm} could be written, and cannot be any more.`,
      fix: "Have the right to edit the field given back, or take it out of the field contract.",
    };
  const retired = retiredOf(old, present, rule);
  return retired.length === 0
    ? null
    : {
        kind: "value_retired",
        says: `The list ${old.name} in ${crm} lost ${retired.map((each) => `"${each}"`).join(", ")}.`,
        fix: `Put the value back into the list, or name another one in the contract: \`alias: { "${retired[0] ?? ""}": … }\`.`,
      };
}

/** A field that is not there any more: where exactly one of its kind came since, it was renamed as far as anybody can tell. */
function goneDrift({ crm, schema, before, old }: One): Found {
  const known = new Set(before.fields.map(({ name }) => name));
  const came = schema.fields.filter(({ name, kind }) => !known.has(name) && kind === old.kind);
  const sameLabel = came.filter(({ label }) => label === old.label);
  const [heir, ...others] = sameLabel.length > 0 ? sameLabel : came;
  if (heir !== undefined && others.length === 0)
    return {
      kind: "renamed",
      says: `${crm} has no field ${old.name} in ${schema.object} any more; ${heir.name} came in its place, as it seems.`,
      fix: `Write ${heir.name} for ${old.name} in the field contract, or have the field named back.`,
    };
  return {
    kind: "removed",
    says: `${crm} has no field ${old.name} in ${schema.object} any more, or hides it from CallLedger.`,
    fix: "Restore the field or let CallLedger's user see it, or take it out of the field contract.",
  };
}

const kinds: Readonly<Record<SchemaField["kind"], string>> = {
  text: "text",
  whole: "whole numbers",
  number: "numbers",
  flag: "yes or no",
  date: "days",
  moment: "times",
  choice: "one of a list",
  choices: "several of a list",
  other: "something that only the CRM can judge",
};

/** Values of the list that are gone and that the contract may write; one that it names by another word does not count. */
function retiredOf(old: SchemaField, present: SchemaField, rule: One["rule"]): readonly string[] {
  if (old.options === null || present.options === null) return [];
  const there = new Set(present.options);
  const written = writtenBy(rule);
  const mayWrite = (value: string): boolean => written === null || written.has(value);
  const isNamedAnew = (value: string): boolean => {
    const alias = rule.alias !== undefined && Object.hasOwn(rule.alias, value) ? rule.alias[value] : undefined;
    return alias !== undefined && there.has(alias);
  };
  return old.options.filter((value) => !there.has(value) && mayWrite(value) && !isNamedAnew(value));
}

/** The values that a rule can write, or null where that depends on the call. */
function writtenBy({ value }: One["rule"]): ReadonlySet<string> | null {
  if ("const" in value) return new Set([value.const]);
  return value.map === undefined ? null : new Set(Object.values(value.map));
}
