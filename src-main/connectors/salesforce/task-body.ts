import type { FilteredBody } from "../../../src-shared/domain/ownership.ts";
import type { Link } from "../../engine/ports/connector.ts";
import type { Field, ObjectDescription } from "./describe.ts";

const numberTypes: ReadonlySet<string> = new Set(["int", "double", "currency", "percent", "long"]);

/** A text of ours as JSON of the field's type; an empty one empties the field. */
export function toTypedValue(field: Field | undefined, text: string): string | number | boolean | null {
  if (text === "") return null;
  if (field === undefined) return text;
  if (numberTypes.has(field.type) && Number.isFinite(Number(text))) return Number(text);
  if (field.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** A filtered body as Salesforce takes it. */
export function toTypedBody(body: FilteredBody, { fields }: ObjectDescription): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(body).map(([name, text]) => [name, toTypedValue(fields.get(name), text)] as const),
  );
}

/** Fields that can be set when a record is created, and never after. */
export function listCreateOnly({ fields }: ObjectDescription): ReadonlySet<string> {
  const names = [...fields.values()]
    .filter(({ createable, updateable }) => createable === true && updateable === false)
    .map(({ name }) => name);
  return new Set(names);
}

export type LinkFields = Readonly<{ WhoId?: string; WhatId?: string }>;

/** Objects that a task is linked to, by field, those that say more first: a deal names its account by itself. */
export const whoObjects: readonly string[] = ["Contact", "Lead"];
export const whatObjects: readonly string[] = ["Opportunity", "Account"];

const pick = (links: readonly Link[], objects: readonly string[]): string | undefined =>
  objects.map((object) => links.find((link) => link.object === object)?.id).find((id) => id !== undefined);

/** A task has one person and one record. A lead stands alone: Salesforce takes no related record beside it. */
export function toLinkFields(links: readonly Link[]): LinkFields {
  const who = pick(links, whoObjects);
  const isLead = links.find(({ id }) => id === who)?.object === "Lead";
  const what = isLead ? undefined : pick(links, whatObjects);
  return { ...(who === undefined ? {} : { WhoId: who }), ...(what === undefined ? {} : { WhatId: what }) };
}

export const isLinkable = ({ object }: Link): boolean => whoObjects.includes(object) || whatObjects.includes(object);
