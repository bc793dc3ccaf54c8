import { z } from "zod";
import type { ObjectSchema, SchemaField, SchemaRule } from "../../../src-shared/domain/crm-schema.ts";
import { toSchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { MadePerson } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { HandOver } from "../http/hand-over.ts";
import { orNothing } from "../http/optional-read.ts";
import { isSafePattern } from "../http/safe-pattern.ts";
import type { Client } from "./client.ts";
import { isWritable, listProperties, type Property } from "./property.ts";
import { objectsPath, propertyValidationsPath } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/** HubSpot's object types, by their names. */
const types = { calls: "0-48", contacts: "0-1" } as const;
type Described = keyof typeof types;

/** Longest text of a property, characters: documented for notes, seen for others. */
const textMax = 65_536;

const isoTime = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)`;
const day = String.raw`\d{4}-\d\d-\d\d`;
const epoch = String.raw`-?\d{1,15}`;
const momentForm = { pattern: `^(${isoTime}|${day}|${epoch})$`, words: "a time such as 2026-06-01T09:15:00Z" };
const dayForm = { pattern: `^(${isoTime}|${day}|${epoch})$`, words: "a day such as 2026-06-01" };

/** What HubSpot itself wants of every new record, whatever its properties say. */
const systemRequired: Readonly<Record<Described, ReadonlySet<string>>> = {
  calls: new Set(["hs_timestamp"]),
  contacts: new Set(),
};
/** Whole numbers among the properties of type number: milliseconds. */
const wholeNumbers: ReadonlySet<string> = new Set(["hs_call_duration"]);

const validations = z.looseObject({
  results: z.array(
    z.looseObject({
      propertyName: z.string(),
      propertyValidationRules: z.array(
        z.looseObject({ ruleType: z.string(), ruleArguments: z.array(z.string()).catch([]) }),
      ),
    }),
  ),
});
type Validations = z.infer<typeof validations>["results"];

type Properties = ReadonlyMap<string, Property>;

/**
 * Calls as the token's user may write them: properties, and rules on their format. Two requests; one after a check. Of
 * contacts, where the policy makes them, also whether the user may create any: three more.
 */
export async function readSchema(
  { client, properties }: Readonly<{ client: Client; properties: HandOver<Properties> }>,
  session: CrmSession,
  makes: MadePerson | null,
): Result<readonly ObjectSchema[]> {
  const calls = await describeObject(client, session, "calls", properties.take());
  if (!calls.ok || makes === null) return calls.ok ? { ok: true, value: [calls.value] } : calls;
  // Without a word of contacts, calls are judged all the same.
  const contacts = orNothing(await describeContacts(client, session), null);
  if (!contacts.ok) return contacts;
  return { ok: true, value: contacts.value === null ? [calls.value] : [calls.value, contacts.value] };
}

async function describeObject(
  client: Client,
  session: CrmSession,
  object: Described,
  known?: Properties,
): Result<ObjectSchema> {
  const listed = known === undefined ? await readProperties(client, session, object) : toRead(known);
  if (!listed.ok) return listed;
  const rules = orNothing(await readValidations(client, session, object), []);
  if (!rules.ok) return rules;
  const lengths = readLengths(rules.value);
  const fields = [...listed.value.values()].map((found) => toField(object, found, lengths));
  return toRead({ object, mayCreate: true, mayUpdate: true, fields, rules: toRules(rules.value) });
}

async function describeContacts(client: Client, session: CrmSession): Result<ObjectSchema> {
  const described = await describeObject(client, session, "contacts");
  if (!described.ok) return described;
  const may = await mayCreateContacts(client, session);
  return may.ok ? toRead({ ...described.value, mayCreate: may.value }) : may;
}

/** A batch without a record: HubSpot looks at scope and right first, and has nothing to write then. */
async function mayCreateContacts(client: Client, session: CrmSession): Result<boolean> {
  const reply = await client.call(session, {
    method: "POST",
    path: objectsPath("contacts", "/batch/create"),
    body: { inputs: [] },
    kind: "read",
    subject: "other",
    schema: z.unknown(),
    aboutAccount: true,
  });
  if (reply.ok) return toRead(true);
  const { fault } = reply.fault;
  if ((fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied")
    return toRead(false);
  return fault.kind === "rejected" ? toRead(true) : { ok: false, fault };
}

const toRead = <T>(value: T): Outcome<T, ConnectorFault> => ({ ok: true, value });

async function readProperties(client: Client, session: CrmSession, object: Described): Result<Properties> {
  const listed = await listProperties(client, session, object);
  return listed.ok ? listed : { ok: false, fault: listed.fault.fault };
}

async function readValidations(client: Client, session: CrmSession, object: Described): Result<Validations> {
  const reply = await client.call(session, {
    method: "GET",
    path: propertyValidationsPath(types[object]),
    kind: "read",
    subject: "other",
    schema: validations,
    aboutAccount: true,
  });
  return reply.ok ? { ok: true, value: reply.value.value.results } : { ok: false, fault: reply.fault.fault };
}

function readLengths(found: Validations): ReadonlyMap<string, number> {
  return new Map(
    found.flatMap(({ propertyName, propertyValidationRules: rules }) =>
      rules.flatMap(({ ruleType, ruleArguments: [length = ""] }) =>
        ruleType === "MAX_LENGTH" && /^[1-9]\d{0,8}$/.test(length) ? [[propertyName, Number(length)] as const] : [],
      ),
    ),
  );
}

/** Rules on the form of a text; a property that is left empty breaks none. */
function toRules(found: Validations): ObjectSchema["rules"] {
  return found.flatMap(({ propertyName: field, propertyValidationRules: rules }) =>
    rules.flatMap(({ ruleType, ruleArguments: [pattern = ""] }) => {
      if (ruleType !== "REGEX" || !isSafePattern(pattern)) return [];
      const says = `the value of ${field} must match ${pattern}`;
      const refuses: SchemaRule["refuses"] = { all: [{ not: { blank: field } }, { not: { field, matches: pattern } }] };
      return [{ name: `on ${field}`, says, field, refuses }];
    }),
  );
}

function toField(object: Described, found: Property, lengths: ReadonlyMap<string, number>) {
  const { name, label = name } = found;
  const may = isWritable(found);
  return toSchemaField({
    name,
    label,
    ...toKind(found),
    ...lengthOf(found, lengths.get(name)),
    mayCreate: may,
    mayUpdate: may,
    bar: may ? null : "computed",
    required: systemRequired[object].has(name) ? "always" : "no",
  });
}

function lengthOf({ type }: Property, ruled: number | undefined): Partial<SchemaField> {
  if (ruled !== undefined) return { maxLength: ruled };
  return type === "string" || type === undefined ? { maxLength: textMax } : {};
}

function toKind({ name, type, fieldType, options, externalOptions }: Property): Partial<SchemaField> {
  switch (type) {
    case "number":
      return { kind: wholeNumbers.has(name) ? "whole" : "number" };
    case "bool":
      return { kind: "flag" };
    case "datetime":
      return { kind: "moment", form: momentForm };
    case "date":
      return { kind: "date", form: dayForm };
    case "enumeration": {
      const kind = fieldType === "checkbox" ? "choices" : "choice";
      // Owners, pipelines and the like are kept elsewhere: a list that shows nothing says nothing.
      if (externalOptions === true || options === undefined || options.length === 0) return { kind: "other" };
      return { kind, options: options.map(({ value }) => value) };
    }
    default:
      return { kind: "text" };
  }
}
