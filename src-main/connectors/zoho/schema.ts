import { z } from "zod";
import { toSchemaField, type ObjectSchema, type SchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { HandOver } from "../http/hand-over.ts";
import { orNothing } from "../http/optional-read.ts";
import { durationField } from "./call-fields.ts";
import type { Client } from "./client.ts";
import { optionsOf, type Field, type FieldMetadata, type Fields } from "./field-metadata.ts";
import { callModule, layoutsPath, modulePath } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

const layoutList = z.looseObject({
  layouts: z.array(
    z.looseObject({
      status: z.string().optional().catch(undefined),
      sections: z
        .array(
          z.looseObject({
            fields: z
              .array(z.looseObject({ api_name: z.string(), required: z.boolean().nullish().catch(null) }))
              .catch([]),
          }),
        )
        .catch([]),
    }),
  ),
});

export type SchemaParts = Readonly<{
  client: Client;
  metadata: FieldMetadata;
  known: HandOver<Fields>;
  /** Whether what a layout requires counts, too. */
  formsCount: boolean;
}>;

const moduleFacts = z.looseObject({
  modules: z.array(z.looseObject({ creatable: z.boolean().nullish().catch(null) })),
});

/**
 * Calls as the token's user may write them: fields, and what every layout requires. Two requests, one after a check. Of
 * the people whom a policy makes the same, and whether the user may create any: three more. Zoho's validation rules,
 * blueprints and approvals cannot be read.
 */
export async function readSchema(
  parts: SchemaParts,
  session: CrmSession,
  people: "Contacts" | "Leads" | null,
): Result<readonly ObjectSchema[]> {
  const calls = await describeModule(parts, session, callModule, parts.known.take());
  if (!calls.ok || people === null) return calls.ok ? { ok: true, value: [calls.value] } : calls;
  // Without a word of people, calls are judged all the same.
  const made = orNothing(await describePeople(parts, session, people), null);
  if (!made.ok) return made;
  return { ok: true, value: made.value === null ? [calls.value] : [calls.value, made.value] };
}

async function describeModule(
  parts: SchemaParts,
  session: CrmSession,
  module: string,
  known?: Fields,
): Result<ObjectSchema> {
  const found = known === undefined ? await readFields(parts, session, module) : { ok: true as const, value: known };
  if (!found.ok) return found;
  const layouts = parts.formsCount
    ? orNothing(await readRequired(parts.client, session, module), new Set<string>())
    : { ok: true as const, value: new Set<string>() };
  if (!layouts.ok) return layouts;
  const fields = [...found.value.values()].map((field) => toField(field, layouts.value));
  return { ok: true, value: { object: module, mayCreate: true, mayUpdate: true, fields, rules: [] } };
}

async function describePeople(parts: SchemaParts, session: CrmSession, module: string): Result<ObjectSchema> {
  const described = await describeModule(parts, session, module);
  if (!described.ok) return described;
  const mayCreate = orNothing(await readRight(parts.client, session, module), true);
  return mayCreate.ok ? { ok: true, value: { ...described.value, mayCreate: mayCreate.value } } : mayCreate;
}

/** Whether the signed-in user may create records of a module. */
async function readRight(client: Client, session: CrmSession, module: string): Result<boolean> {
  const reply = await client.call(session, {
    method: "GET",
    path: modulePath(module),
    kind: "read",
    subject: "other",
    schema: moduleFacts,
    aboutAccount: true,
    empty: { modules: [] },
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  return { ok: true, value: reply.value.value.modules.every(({ creatable }) => creatable !== false) };
}

function readFields({ metadata }: SchemaParts, session: CrmSession, module: string): Result<Fields> {
  metadata.drop(module);
  return metadata.of(session, module);
}

/** Fields that a new record must have whichever of the active layouts it gets. */
async function readRequired(client: Client, session: CrmSession, module: string): Result<ReadonlySet<string>> {
  const reply = await client.call(session, {
    method: "GET",
    path: layoutsPath(module),
    kind: "read",
    subject: "other",
    schema: layoutList,
    aboutAccount: true,
    empty: { layouts: [] },
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const [first, ...others] = reply.value.value.layouts
    .filter(({ status }) => status !== "inactive")
    .map(
      ({ sections }) =>
        new Set(
          sections.flatMap(({ fields }) =>
            fields.flatMap(({ api_name, required }) => (required === true ? [api_name] : [])),
          ),
        ),
    );
  return {
    ok: true,
    value: new Set([...(first ?? [])].filter((name) => others.every((other) => other.has(name)))),
  };
}

const linked: Readonly<Record<string, readonly string[]>> = {
  Who_Id: ["Contacts"],
  What_Id: ["Leads", "Accounts", "Deals"],
};

function toField(field: Field, onLayouts: ReadonlySet<string>) {
  const { api_name: name, field_label: label, operation_type: may, default_value: value } = field;
  const isComputed = field.read_only === true;
  const mayCreate = !isComputed && field.field_read_only !== true && may?.api_create !== false;
  const mayUpdate = !isComputed && field.field_read_only !== true && may?.api_update !== false;
  const hasDefault = (value !== null && value !== undefined && value !== "") || name === "Owner";
  const isRequired = mayCreate && !hasDefault;
  return toSchemaField({
    name,
    label: label ?? name,
    ...toKind(field),
    mayCreate,
    mayUpdate,
    bar: mayCreate && mayUpdate ? null : isComputed ? "computed" : "permission",
    required: !isRequired ? "no" : field.system_mandatory === true ? "always" : onLayouts.has(name) ? "form" : "no",
    hasDefault: hasDefault || field.data_type === "boolean",
    linksTo: linked[name] ?? [],
  });
}

const dayForm = { pattern: String.raw`^\d{4}-\d\d-\d\d$`, words: "a day such as 2026-06-01" };
const momentForm = {
  pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$`,
  words: "a time such as 2026-06-01T09:15:00Z",
};
/** Written in the org's own form. */
const lengthForm = {
  pattern: String.raw`^(\d+|\d+:[0-5]\d)$`,
  words: "whole seconds, or hours and minutes such as 00:04",
};
const idForm = { pattern: String.raw`^\d+$`, words: "the id of a record" };
const phoneForm = {
  pattern: String.raw`^[+\d\s().\-/#*,;]*\d[+\d\s().\-/#*,;]*((ext|x|EXT|X)\.?\s*\d+)?$`,
  words: "a phone number without letters",
};
const emailForm = { pattern: String.raw`^[^\s@]+@[^\s@]+\.[^\s@]+$`, words: "an e-mail address" };

function toKind(field: Field): Partial<SchemaField> {
  if (field.api_name === durationField) return { kind: "text", form: lengthForm };
  const length = typeof field.length === "number" && field.length > 0 ? Math.floor(field.length) : null;
  const known = optionsOf(field);
  // A list that shows no value says nothing.
  const options = known === undefined || known.size === 0 ? null : [...known];
  switch (field.data_type) {
    case "picklist":
      return { kind: "choice", options };
    case "multiselectpicklist":
      return { kind: "choices", options };
    case "integer":
    case "bigint":
      return { kind: "whole" };
    case "double":
    case "currency":
    case "percent":
      return { kind: "number" };
    case "boolean":
      return { kind: "flag" };
    case "date":
      return { kind: "date", form: dayForm };
    case "datetime":
      return { kind: "moment", form: momentForm };
    case "lookup":
    case "ownerlookup":
    case "userlookup":
      return { kind: "other", form: idForm };
    case "phone":
      return { kind: "text", maxLength: length, form: phoneForm };
    case "email":
      return { kind: "text", maxLength: length, form: emailForm };
    case "text":
    case "textarea":
    case "website":
      return { kind: "text", maxLength: length };
    default:
      return { kind: "other" };
  }
}
