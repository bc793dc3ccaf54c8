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

/** Rules on activities lie under either name (which one is not documented). */
const rulesPath = toolingPath(
  "SELECT Id, ValidationName, ErrorMessage, ErrorDisplayField FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName IN ('Task', 'Activity')",
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

/**
 * Tasks as the signed-in user may write them, with the active validation rules where the user may see the setup. One
 * request, or two where there are rules.
 */
export async function readSchema(
  client: Client,
  describer: Describer,
  session: CrmSession,
): Result<readonly ObjectSchema[]> {
  const fetched = await client.prefetch(session, [describePath("Task"), rulesPath]);
  if (!fetched.ok) return { ok: false, fault: fetched.fault.fault };
  const task = await describer.refresh(session, "Task");
  if (!task.ok) return { ok: false, fault: task.fault.fault };
  const listed = orNothing(await readRules(client, session), []);
  if (!listed.ok) return listed;
  const rules = orNothing(await readFormulas(client, session, listed.value), []);
  return rules.ok ? { ok: true, value: [toObjectSchema(task.value, rules.value)] } : rules;
}

async function readRules(client: Client, session: CrmSession): Result<readonly Rule[]> {
  const reply = await client.call(session, {
    method: "GET",
    path: rulesPath,
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
