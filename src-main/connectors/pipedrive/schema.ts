import { toSchemaField, type ObjectSchema, type SchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { MadePerson } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { HandOver } from "../http/hand-over.ts";
import { orNothing } from "../http/optional-read.ts";
import { callObject, isWritableField, kindOf, writableFields } from "./activity.ts";
import { type ActivityType, listActiveTypes } from "./activity-types.ts";
import { isCallLogField } from "./call-logs.ts";
import type { Client } from "./client.ts";
import { listFields, type Field } from "./field-list.ts";
import { toPersonField } from "./person-field.ts";

/** Fields of activities, and the kinds that can be written. */
export type KnownFields = Readonly<{ fields: readonly Field[]; types: readonly ActivityType[] }>;

export type SchemaParts = Readonly<{
  client: Client;
  known: HandOver<KnownFields>;
  contract: OwnershipContract;
  /** Whether what Pipedrive's own forms require counts, too. */
  formsCount: boolean;
}>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/**
 * Activities as the token's user may write them, and persons where the policy makes them. Two requests for activities, none
 * after a check; one for persons. No list tells who may create a person.
 */
export async function readSchema(
  parts: SchemaParts,
  session: CrmSession,
  makes: MadePerson | null,
): Result<readonly ObjectSchema[]> {
  const activities = await describeActivities(parts, session);
  if (!activities.ok || makes === null) return activities.ok ? toRead([activities.value]) : activities;
  // Without a word of persons, calls are judged all the same.
  const listed = orNothing(await listFields(parts.client, session, "persons"), null);
  if (!listed.ok) return listed;
  if (listed.value === null) return toRead([activities.value]);
  const fields = listed.value.map((field) => toPersonField(field, parts.formsCount));
  return toRead([activities.value, { object: "persons", mayCreate: true, mayUpdate: true, fields, rules: [] }]);
}

/** The list of their fields takes an admin's scope: without it the API's own fields are all that is known. */
async function describeActivities(
  { client, contract, formsCount, known: handOver }: SchemaParts,
  session: CrmSession,
): Result<ObjectSchema> {
  const checked = handOver.take();
  const listed = orNothing(
    await (checked === undefined ? listFields(client, session, "activities") : toRead(checked.fields)),
    null,
  );
  if (!listed.ok) return listed;
  const types = orNothing(
    await (checked === undefined ? listActiveTypes(client, session) : toRead(checked.types)),
    null,
  );
  if (!types.ok) return types;
  const active = types.value?.map(({ key_string: key }) => key) ?? null;
  const known: readonly Field[] =
    listed.value ??
    writableFields.map((code) => ({ code, type: "", isCustom: false, isRequired: false, options: null }));
  const fields = [...known.map((field) => toField(field, active, formsCount)), ...toCallLogFields(contract)];
  return toRead({ object: callObject, mayCreate: true, mayUpdate: true, fields, rules: [] });
}

const toRead = <T>(value: T): Outcome<T, ConnectorFault> => ({ ok: true, value });

/** Fields of the call log are no part of the activity: they have no list, and their refusal ends the extra, not the call. */
function toCallLogFields(contract: OwnershipContract) {
  const fields = Object.hasOwn(contract.objects, callObject) ? contract.objects[callObject]?.fields : undefined;
  return Object.keys(fields ?? {})
    .filter(isCallLogField)
    .map((name) => toSchemaField({ name, kind: "other" }));
}

/** What an activity is linked to comes from the match; whether a form wants it says nothing of the API. */
const linked: Readonly<Record<string, readonly string[]>> = {
  participants: ["persons"],
  person_id: ["persons"],
  org_id: ["organizations"],
  deal_id: ["deals"],
};

/** Fields that Pipedrive fills by itself where nothing is written. */
const filled: ReadonlySet<string> = new Set(["type", "subject", "done", "due_date", "owner_id"]);

function toField(
  { code: name, label = name, type, isRequired, options }: Field,
  types: readonly string[] | null,
  formsCount: boolean,
) {
  const may = isWritableField(name);
  const linksTo = linked[name] ?? [];
  return toSchemaField({
    name,
    label,
    ...toKind(name, type, options, types),
    mayCreate: may,
    mayUpdate: may,
    bar: may ? null : "computed",
    // What the API cannot write it cannot ask for either.
    required: isRequired && formsCount && may && linksTo.length === 0 ? "form" : "no",
    hasDefault: filled.has(name),
    linksTo,
  });
}

const dayForm = { pattern: String.raw`^\d{4}-\d\d-\d\d$`, words: "a day such as 2026-06-01" };
const clockForm = { pattern: String.raw`^\d{2,3}:[0-5]\d(:[0-5]\d)?$`, words: "hours and minutes such as 09:15" };
const lengths: Readonly<Record<string, number>> = { varchar: 255, varchar_auto: 255, text: 65_536 };

function toKind(
  name: string,
  type: string,
  options: readonly number[] | null,
  types: readonly string[] | null,
): Partial<SchemaField> {
  if (name === "type") return types === null || types.length === 0 ? {} : { kind: "choice", options: [...types] };
  if (name === "due_date") return { kind: "date", form: dayForm };
  if (name === "due_time" || name === "duration") return { form: clockForm };
  switch (kindOf(name)) {
    case "flag":
      return { kind: "flag" };
    case "number":
      return { kind: "whole", options: options === null || options.length === 0 ? null : options.map(String) };
    case "text":
      return { maxLength: lengths[name === "subject" ? "varchar" : type] ?? null };
    case undefined:
      return { kind: "other" };
  }
}
