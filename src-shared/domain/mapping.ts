import { z } from "zod";

/** What is known of a call when its fields are mapped. Every fact is text; an unknown one is absent. */
export const callFact = z.enum([
  "key",
  "callId",
  "logId",
  "system",
  "direction",
  "status",
  "from",
  "to",
  "otherParty",
  "startedAt",
  "endedAt",
  "durationSeconds",
  "agent",
  "ownerId",
  "legs",
]);
export type CallFact = z.infer<typeof callFact>;
/** Times as epoch ms in text, durations as seconds in text. */
export type CallFacts = Readonly<Partial<Record<CallFact, string>>>;

/** `iso`: epoch ms to ISO-8601 UTC. `iso-seconds`: the same without fractions. `date`: the UTC day. `milliseconds`: seconds to ms. `minutes`: seconds to whole minutes, rounded up. */
export const transform = z.enum(["iso", "iso-seconds", "date", "milliseconds", "minutes", "upper", "lower", "capital"]);
export type Transform = z.infer<typeof transform>;

/** What a field gets: a fact (changed, then looked up in a map; a value the map lacks gives nothing), a constant, or a text with `{fact}` or `{fact:transform}`. */
export const fieldValue = z.union([
  z.strictObject({ from: callFact, as: transform.optional(), map: z.record(z.string(), z.string()).optional() }),
  z.strictObject({ const: z.string() }),
  z.strictObject({ template: z.string() }),
]);
export type FieldValue = Readonly<z.infer<typeof fieldValue>>;

const changes: Readonly<Record<Transform, (text: string) => string>> = {
  iso: (text) => new Date(Number(text)).toISOString(),
  "iso-seconds": (text) => `${new Date(Number(text)).toISOString().slice(0, 19)}Z`,
  date: (text) => new Date(Number(text)).toISOString().slice(0, 10),
  milliseconds: (text) => String(Number(text) * 1000),
  minutes: (text) => String(Math.ceil(Number(text) / 60)),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capital: (text) => text.charAt(0).toUpperCase() + text.slice(1),
};

const isFact = (name: string): name is CallFact => callFact.safeParse(name).success;
const isTransform = (name: string): name is Transform => transform.safeParse(name).success;

function fillTemplate(template: string, facts: CallFacts): string {
  return template.replace(/\{(\w+)(?::([\w-]+))?\}/g, (found, name: string, as: string | undefined) => {
    if (!isFact(name)) return found;
    const fact = facts[name] ?? "";
    return fact !== "" && as !== undefined && isTransform(as) ? changes[as](fact) : fact;
  });
}

/** The text that a field gets from these facts, or undefined where there is nothing to write. */
export function valueOf(value: FieldValue, facts: CallFacts): string | undefined {
  if ("const" in value) return value.const;
  if ("template" in value) return fillTemplate(value.template, facts);
  const fact = facts[value.from];
  if (fact === undefined) return undefined;
  const changed = value.as === undefined ? fact : changes[value.as](fact);
  return value.map === undefined ? changed : value.map[changed];
}

/** All values of an object's fields, by vendor field; fields without a value are left out. */
export function valuesOf(
  fields: Readonly<Record<string, Readonly<{ value?: FieldValue }>>>,
  facts: CallFacts,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [field, rule] of Object.entries(fields)) {
    const text = rule.value === undefined ? undefined : valueOf(rule.value, facts);
    if (text !== undefined) values[field] = text;
  }
  return values;
}
