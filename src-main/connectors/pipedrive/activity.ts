import { z } from "zod";
import { toWrittenForm } from "../../../src-shared/domain/mapping.ts";
import { ruleOf, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";

export const callObject = "activities";

const wholeNumber = z.number().nullish().catch(null);
const participant = z.looseObject({ person_id: z.number(), primary: z.boolean().optional().catch(undefined) });

/** A call as Pipedrive holds it; fields of the contract are read from it by name. */
export const activity = z.looseObject({
  id: z.number(),
  note: z.string().nullish().catch(null),
  creator_user_id: wholeNumber,
  is_deleted: z.boolean().optional().catch(undefined),
  add_time: z.string().optional().catch(undefined),
  update_time: z.string().optional().catch(undefined),
  org_id: wholeNumber,
  deal_id: wholeNumber,
  participants: z.array(participant).nullish().catch(null),
});
export type Activity = z.infer<typeof activity>;

export const activityAnswer = z.looseObject({ success: z.literal(true), data: activity });
export const activityPage = z.looseObject({
  success: z.literal(true),
  data: z.array(activity),
  additional_data: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
});

/** How a text of the contract becomes what Pipedrive takes; its types are strict. */
type Kind = "text" | "flag" | "number";
const kinds: Readonly<Record<string, Kind>> = {
  subject: "text",
  type: "text",
  due_date: "text",
  due_time: "text",
  duration: "text",
  note: "text",
  public_description: "text",
  owner_id: "number",
  deal_id: "number",
  org_id: "number",
  project_id: "number",
  priority: "number",
  outcome: "number",
  done: "flag",
  busy: "flag",
};

/** What a field that the API takes is made of; undefined for every other. */
export const kindOf = (field: string): Kind | undefined => (Object.hasOwn(kinds, field) ? kinds[field] : undefined);

export const writableFields: readonly string[] = Object.keys(kinds);

/** Fields of a call that the API takes. Custom fields of activities can be read, never written. */
export const isWritableField = (field: string): boolean => Object.hasOwn(kinds, field);

export type WireValue = string | number | boolean | null;

/** The value for the API, or undefined where the text is none of that kind. An empty text clears the field. */
export function toWireValue(field: string, text: string): WireValue | undefined {
  const kind = kindOf(field);
  if (kind === undefined) return undefined;
  if (text === "") return kind === "flag" ? false : null;
  if (kind === "flag") return text === "true" || text === "false" ? text === "true" : undefined;
  if (kind === "number") return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return text;
}

/** Times come back with seconds that they were not written with. */
const clockFields: ReadonlySet<string> = new Set(["due_time", "duration"]);

function toText(field: string, held: unknown): string | null {
  if (held === null || held === undefined || held === "") return null;
  if (typeof held === "number" || typeof held === "boolean") return String(held);
  if (typeof held !== "string") return null;
  return clockFields.has(field) ? held.replace(/^(\d+:\d\d):00$/, "$1") : held;
}

/** The contract's fields as Pipedrive holds them, in the form in which we write them. */
export function toHeldFields(contract: OwnershipContract, found: Activity): Readonly<Record<string, string | null>> {
  const fields = Object.hasOwn(contract.objects, callObject) ? contract.objects[callObject]?.fields : undefined;
  // Fields of the call log are part of no activity: they are not read, so they are never rewritten.
  const own = Object.keys(fields ?? {}).filter((field) => Object.hasOwn(kinds, field));
  const entries = own.map((field) => {
    const text = toText(field, Object.hasOwn(found, field) ? found[field] : null);
    const rule = ruleOf(contract, callObject, field);
    const value = rule !== undefined && rule.own !== "crm" ? rule.value : undefined;
    return [field, text === null ? null : toWrittenForm(value, text)] as const;
  });
  return Object.fromEntries(entries);
}

/** Epoch ms of an API time, or undefined. */
export function readTime(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}
