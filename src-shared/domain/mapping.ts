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

/** `iso`: epoch ms to ISO-8601 UTC. `iso-seconds`: the same without fractions. `date`: the UTC day. `time`: its hour and minute, `HH:MM`. `milliseconds`: seconds to ms. `minutes`: seconds to whole minutes, rounded up. `hours-minutes`: the same as `HH:MM`. */
export const transform = z.enum([
  "iso",
  "iso-seconds",
  "date",
  "time",
  "milliseconds",
  "minutes",
  "hours-minutes",
  "upper",
  "lower",
  "capital",
]);
export type Transform = z.infer<typeof transform>;

const timeFacts: ReadonlySet<CallFact> = new Set(["startedAt", "endedAt"]);
const timeTransforms: ReadonlySet<Transform> = new Set(["iso", "iso-seconds", "date", "time"]);
const durationTransforms: ReadonlySet<Transform> = new Set(["milliseconds", "minutes", "hours-minutes"]);

/** Why this change makes no sense for this fact, or undefined where it does. */
function mismatch(fact: CallFact, as: Transform): string | undefined {
  if (timeTransforms.has(as) && !timeFacts.has(fact))
    return `"${as}" changes a time (${[...timeFacts].join(", ")}), and ${fact} is none`;
  if (durationTransforms.has(as) && fact !== "durationSeconds") return `"${as}" changes durationSeconds, not ${fact}`;
  return undefined;
}

const factNames: ReadonlySet<string> = new Set(callFact.options);
const transformNames: ReadonlySet<string> = new Set(transform.options);
const isFact = (name: string): name is CallFact => factNames.has(name);
const isTransform = (name: string): name is Transform => transformNames.has(name);

const placeholder = /\{([^{}:]*)(?::([^{}]*))?\}/g;

function findTemplateProblems(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].flatMap(([found, name = "", as]) => {
    if (!isFact(name)) return [`${found} names no fact; facts are ${callFact.options.join(", ")}`];
    if (as === undefined) return [];
    if (!isTransform(as)) return [`${found} names no change; changes are ${transform.options.join(", ")}`];
    const problem = mismatch(name, as);
    return problem === undefined ? [] : [`${found}: ${problem}`];
  });
}

const fromFact = z
  .strictObject({ from: callFact, as: transform.optional(), map: z.record(z.string(), z.string()).optional() })
  .superRefine((value, context) => {
    const problem = value.as === undefined ? undefined : mismatch(value.from, value.as);
    if (problem !== undefined) context.addIssue({ code: "custom", path: ["as"], message: problem });
  });

const fromTemplate = z
  .strictObject({ template: z.string(), map: z.record(z.string(), z.string()).optional() })
  .superRefine(({ template }, context) => {
    for (const message of findTemplateProblems(template))
      context.addIssue({ code: "custom", path: ["template"], message });
  });

/** What a field gets: a fact (changed, then looked up in a map; a value the map lacks gives nothing), a constant, or a text with `{fact}` or `{fact:transform}`, which may be looked up in a map as well (where one fact alone does not decide). */
export const fieldValue = z.union([fromFact, z.strictObject({ const: z.string() }), fromTemplate]);
export type FieldValue = Readonly<z.infer<typeof fieldValue>>;

/** Whether a value holds the key by which a call is found again. */
export function holdsKey(value: FieldValue): boolean {
  if ("from" in value) return value.from === "key";
  return "template" in value && /\{key[:}]/.test(value.template);
}

type Change = (text: string) => string | undefined;

/** Times outside of what a Date can hold, and numbers that are none, give nothing rather than a wrong value. */
const ofTime =
  (render: (iso: string) => string): Change =>
  (text) => {
    const at = text.trim() === "" ? Number.NaN : Number(text);
    return Math.abs(at) <= 8.64e15 ? render(new Date(at).toISOString()) : undefined;
  };
const ofNumber =
  (render: (value: number) => number): Change =>
  (text) => {
    const value = text.trim() === "" ? Number.NaN : render(Number(text));
    return Number.isFinite(value) ? String(value) : undefined;
  };

const changes: Readonly<Record<Transform, Change>> = {
  iso: ofTime((iso) => iso),
  "iso-seconds": ofTime((iso) => iso.replace(/\.\d+Z$/, "Z")),
  date: ofTime((iso) => iso.slice(0, iso.indexOf("T"))),
  time: ofTime((iso) => iso.slice(iso.indexOf("T") + 1, iso.indexOf("T") + 6)),
  milliseconds: ofNumber((seconds) => Math.round(seconds * 1000)),
  minutes: ofNumber((seconds) => Math.ceil(seconds / 60)),
  "hours-minutes": (text) => {
    const minutes = changes.minutes(text);
    if (minutes === undefined) return undefined;
    const two = (count: number): string => String(count).padStart(2, "0");
    return `${two(Math.floor(Number(minutes) / 60))}:${two(Number(minutes) % 60)}`;
  },
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capital: (text) => text.charAt(0).toUpperCase() + text.slice(1),
};

function fillTemplate(template: string, facts: CallFacts): string {
  return template.replace(placeholder, (found, name: string, as: string | undefined) => {
    if (!isFact(name)) return found;
    const fact = facts[name] ?? "";
    if (fact === "" || as === undefined || !isTransform(as)) return fact;
    return changes[as](fact) ?? "";
  });
}

/** The text that a field gets from these facts, or undefined where there is nothing to write. */
export function valueOf(value: FieldValue, facts: CallFacts): string | undefined {
  if ("const" in value) return value.const;
  if ("template" in value) {
    const text = fillTemplate(value.template, facts);
    if (value.map === undefined) return text;
    return Object.hasOwn(value.map, text) ? value.map[text] : undefined;
  }
  const fact = facts[value.from];
  if (fact === undefined) return undefined;
  const changed = value.as === undefined ? fact : changes[value.as](fact);
  if (changed === undefined || value.map === undefined) return changed;
  return Object.hasOwn(value.map, changed) ? value.map[changed] : undefined;
}

/** All values of an object's fields, by vendor field; fields without a value are left out. */
export function valuesOf(
  fields: Readonly<Record<string, Readonly<{ own: string; value?: FieldValue | undefined }>>>,
  facts: CallFacts,
): Readonly<Record<string, string>> {
  const entries: [field: string, text: string][] = [];
  for (const field of Object.keys(fields)) {
    const value = fields[field]?.value;
    const text = value === undefined ? undefined : valueOf(value, facts);
    if (text !== undefined) entries.push([field, text]);
  }
  return Object.fromEntries(entries);
}

/**
 * What a CRM holds, in the form in which this value writes it: CRMs give times and numbers back in a form of their own
 * (`2026-11-20T09:15:00Z` for `…00.000Z`, `183000.0`), which is no edit. A text that is no such time or number stays.
 */
export function toWrittenForm(value: FieldValue | undefined, held: string): string {
  if (value === undefined || !("from" in value) || value.as === undefined || value.map !== undefined) return held;
  if (timeTransforms.has(value.as)) {
    const at = /^-?\d+$/.test(held) ? Number(held) : Date.parse(held);
    return changes[value.as](String(at)) ?? held;
  }
  if (durationTransforms.has(value.as)) return /^-?\d+(\.\d+)?$/.test(held) ? String(Number(held)) : held;
  return held;
}
