import { z } from "zod";
import { toSchemaField, type ObjectSchema, type SchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { orNothing } from "../http/optional-read.ts";
import type { Client } from "./client.ts";
import type { Describer, Field, ObjectDescription } from "./describe.ts";
import { readFormula } from "./rule-formula.ts";
import { whatObjects, whoObjects } from "./task-body.ts";
import { dataPath, describePath } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/** Rules whose formula is read: a batch of Salesforce holds 25 requests. */
const rulesMax = 25;

/** What is described: calls, and the people whom a policy makes. */
type Described = "Task" | "Contact" | "Lead";

/** Rules on activities lie under either name (which one is not documented). */
const ruleOwners: Readonly<Record<Described, string>> = {
  Task: "'Task', 'Activity'",
  Contact: "'Contact'",
  Lead: "'Lead'",
};
const rulesPath = (object: Described): string =>
  toolingPath(
    `SELECT Id, ValidationName, ErrorMessage, ErrorDisplayField FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName IN (${ruleOwners[object]})`,
  );
const formulaPath = (id: string): string =>
  toolingPath(`SELECT Id, FullName, Metadata FROM ValidationRule WHERE Id = '${id}'`);

function toolingPath(soql: string): string {
  return dataPath(`/tooling/query?q=${encodeURIComponent(soql)}`);
}

const ruleList = z.looseObject({
  records: z.array(
    z.looseObject({
      Id: z.string().regex(/^\w{15,18}$/),
      ValidationName: z.string().catch("without a name"),
      ErrorMessage: z.string().nullish().catch(null),
      ErrorDisplayField: z.string().nullish().catch(null),
    }),
  ),
});
type Rule = z.infer<typeof ruleList>["records"][number];

const formula = z.looseObject({
  records: z.array(z.looseObject({ Metadata: z.looseObject({ errorConditionFormula: z.string() }) })),
});

type SchemaParts = Readonly<{ client: Client; describer: Describer }>;

/**
 * Tasks as the signed-in user may write them, and people where a policy makes them, with the active validation rules where
 * the user may see the setup. One request for all, and one more for each that has rules.
 */
export async function readSchema(
  parts: SchemaParts,
  session: CrmSession,
  people: "Contact" | "Lead" | null,
): Result<readonly ObjectSchema[]> {
  const objects: readonly Described[] = people === null ? ["Task"] : ["Task", people];
  const paths = objects.flatMap((object) => [describePath(object), rulesPath(object)]);
  const fetched = await parts.client.prefetch(session, paths);
  if (!fetched.ok) return { ok: false, fault: fetched.fault.fault };
  const task = await describeObject(parts, session, "Task");
  if (!task.ok || people === null) return task.ok ? { ok: true, value: [task.value] } : task;
  // Without a word of people, calls are judged all the same.
  const made = orNothing(await describeObject(parts, session, people), null);
  if (!made.ok) return made;
  return { ok: true, value: made.value === null ? [task.value] : [task.value, made.value] };
}

async function describeObject(
  { client, describer }: SchemaParts,
  session: CrmSession,
  object: Described,
): Result<ObjectSchema> {
  const described = await describer.refresh(session, object);
  if (!described.ok) return { ok: false, fault: described.fault.fault };
  const listed = orNothing(await readRules(client, session, object), []);
  if (!listed.ok) return listed;
  const rules = orNothing(await readFormulas(client, session, listed.value), []);
  return rules.ok ? { ok: true, value: toObjectSchema(described.value, rules.value) } : rules;
}

async function readRules(client: Client, session: CrmSession, object: Described): Result<readonly Rule[]> {
  const reply = await client.call(session, {
    method: "GET",
    path: rulesPath(object),
    kind: "read",
    subject: "query",
    schema: ruleList,
    aboutAccount: true,
  });
  return reply.ok
    ? { ok: true, value: reply.value.value.records.slice(0, rulesMax) }
    : { ok: false, fault: reply.fault.fault };
}

/** Formulas can be read for one rule at a time only: all of them in one batch. */
async function readFormulas(
  client: Client,
  session: CrmSession,
  rules: readonly Rule[],
): Result<ObjectSchema["rules"]> {
  if (rules.length === 0) return { ok: true, value: [] };
  const fetched = await client.prefetch(
    session,
    rules.map(({ Id }) => formulaPath(Id)),
  );
  if (!fetched.ok) return { ok: false, fault: fetched.fault.fault };
  const read: ObjectSchema["rules"] = [];
  for (const { Id, ValidationName: name, ErrorMessage: says, ErrorDisplayField: field } of rules) {
    const reply = await client.call(session, {
      method: "GET",
      path: formulaPath(Id),
      kind: "read",
      subject: "query",
      schema: formula,
      aboutAccount: true,
    });
    const text = reply.ok ? reply.value.value.records[0]?.Metadata.errorConditionFormula : undefined;
    if (text !== undefined) read.push({ name, says: says ?? name, field: field ?? null, refuses: readFormula(text) });
  }
  return { ok: true, value: read };
}

function toObjectSchema(
  { name, createable, updateable, fields }: ObjectDescription,
  rules: ObjectSchema["rules"],
): ObjectSchema {
  const described = [...fields.values()].map(toField);
  return { object: name, mayCreate: createable, mayUpdate: updateable, fields: described, rules };
}

const linked: Readonly<Record<string, readonly string[]>> = { WhoId: whoObjects, WhatId: whatObjects };

function toField(field: Field) {
  const { name, label = name, createable, updateable, nillable, defaultedOnCreate, calculated } = field;
  const may = createable === true || updateable === true;
  const hasDefault = defaultedOnCreate === true;
  const isRequired = createable === true && nillable === false && !hasDefault && field.type !== "boolean";
  return toSchemaField({
    name,
    label,
    ...toKind(field),
    mayCreate: createable === true,
    // What can be set only once is left out of a rewrite.
    mayUpdate: may,
    bar: may ? null : calculated === true ? "computed" : "permission",
    required: isRequired ? "always" : "no",
    hasDefault: hasDefault || field.type === "boolean",
    linksTo: linked[name] ?? [],
  });
}

const dayForm = { pattern: String.raw`^\d{4}-\d\d-\d\d(T.*)?$`, words: "a day such as 2026-06-01" };
const momentForm = {
  pattern: String.raw`^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$`,
  words: "a time such as 2026-06-01T09:15:00Z",
};
const idForm = { pattern: "^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$", words: "the id of a record" };

function toKind({ type, length = 0, digits = 0, restrictedPicklist, picklistValues }: Field): Partial<SchemaField> {
  const maxLength = length > 0 ? length : null;
  const values = (picklistValues ?? []).filter(({ active }) => active !== false).map(({ value }) => value);
  // Any text goes into a list that is not restricted; one that shows no value says nothing.
  const options = restrictedPicklist === true && values.length > 0 ? values : null;
  switch (type) {
    case "picklist":
      return options === null ? { kind: "text", maxLength } : { kind: "choice", options };
    case "multipicklist":
      return options === null ? { kind: "text" } : { kind: "choices", options };
    case "int":
    case "long":
      return { kind: "whole", ...(digits > 0 ? { below: 10 ** digits } : {}) };
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
    case "id":
    case "reference":
      return { kind: "other", form: idForm };
    case "time":
    case "address":
    case "location":
    case "base64":
    case "anyType":
      return { kind: "other" };
    default:
      return { kind: "text", maxLength };
  }
}
