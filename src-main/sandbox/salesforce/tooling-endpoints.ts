import type { FieldCondition } from "../core/field-condition.ts";
import { ok, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { listedObjects, objectTypes } from "./object-types.ts";
import type { Org } from "./org.ts";
import { createFixedTable, toColumn, toFixedRow, type Column, type Row, type Table } from "./query-table.ts";
import { toRecordId } from "./record-id.ts";
import { parseSoql } from "./soql-parser.ts";
import { runSoql } from "./soql-run.ts";
import { malformed } from "./soql-words.ts";

/** Queries over the org's rules, triggers and field definitions. */
export function toolingRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/tooling/query", (call) => {
      const query = parseSoql(call.request.query.get("q") ?? "");
      const result = runSoql((name) => toolingTable(org, name, call), query, { all: false, now: org.clock.now() });
      const records = result.kind === "records" ? result.records : [];
      const size = result.kind === "records" ? records.length : result.count;
      const wanted = query.select.kind === "fields" ? query.select.paths : [];
      if (size > 1 && wanted.some((path) => /^(metadata|fullname)$/i.test(path))) {
        throw malformed(
          `When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval. Result size: ${size}`,
        );
      }
      return ok({ size, totalSize: size, done: true, queryLocator: null, entityTypeName: query.from, records });
    }),
  ];
}

type Values = Readonly<Record<string, unknown>>;

function toolingTable(org: Org, name: string, { base }: OrgCall): Table | undefined {
  const root = `${base}/tooling`;
  switch (name.toLowerCase()) {
    case "validationrule":
      return withEntity(
        createFixedTable("ValidationRule", ruleColumns, () => toRules(org), root),
        () => toRules(org),
        root,
      );
    case "apextrigger":
      return createFixedTable("ApexTrigger", triggerColumns, () => toTriggers(org), root);
    case "fielddefinition":
      return withEntity(
        createFixedTable("FieldDefinition", fieldColumns, () => toFields(org), root),
        () => toFields(org),
        root,
      );
    case "entitydefinition":
      return createFixedTable("EntityDefinition", entityColumns, toEntities, root);
    default:
      return undefined;
  }
}

const entityColumns: readonly Column[] = [
  toColumn("DurableId"),
  toColumn("QualifiedApiName"),
  toColumn("Label"),
  toColumn("KeyPrefix"),
];

function toEntities(): readonly Values[] {
  return listedObjects.map((object) => ({
    DurableId: object,
    QualifiedApiName: object,
    Label: objectTypes[object].label,
    KeyPrefix: objectTypes[object].prefix,
  }));
}

/** A table whose rows belong to an object, by the relationship `EntityDefinition`. */
function withEntity(table: Table, rows: () => readonly Values[], base: string): Table {
  const entities = createFixedTable("EntityDefinition", entityColumns, toEntities, base);
  const toRow = (row: Values): Row => ({
    ...toFixedRow(table.name, row, base),
    parent: () => toFixedRow("EntityDefinition", { QualifiedApiName: row["entity"], DurableId: row["entity"] }, base),
  });
  return {
    ...table,
    parent: (relationship) =>
      relationship.toLowerCase() === "entitydefinition" ? { name: "EntityDefinition", table: entities } : undefined,
    rows: () => rows().map(toRow),
  };
}

const ruleColumns: readonly Column[] = [
  toColumn("Id", "id"),
  ...["ValidationName", "Description", "ErrorMessage", "ErrorDisplayField", "FullName"].map((name) => toColumn(name)),
  toColumn("Active", "boolean"),
  toColumn("Metadata", "object"),
];

const signs = { eq: "=", ne: "<>", lt: "<", gt: ">" } as const;

/** The condition in the language of Salesforce's formulas. */
function toFormula({ field, op, value }: FieldCondition): string {
  switch (op) {
    case "blank":
      return `ISBLANK(${field})`;
    case "notBlank":
      return `NOT(ISBLANK(${field}))`;
    case "matches":
      return `REGEX(${field}, ${JSON.stringify(`.*(${String(value)}).*`)})`;
    case "notMatches":
      return `NOT(REGEX(${field}, ${JSON.stringify(`.*(${String(value)}).*`)}))`;
    default:
      return typeof value === "string"
        ? `TEXT(${field}) ${signs[op]} ${JSON.stringify(value)}`
        : `${field} ${signs[op]} ${value === null ? "NULL" : String(value).toUpperCase()}`;
  }
}

function toRules({ config }: Org): readonly Values[] {
  return config.current().validationRules.map(({ object, when, message, field }, position) => {
    const entity = object === "Task" ? config.current().taskRulesEntity : object;
    const name = `Rule_${position + 1}`;
    const formula = toFormula(when);
    return {
      Id: toRecordId("03d", position + 1),
      ValidationName: name,
      FullName: `${entity}.${name}`,
      Active: true,
      Description: null,
      ErrorMessage: message,
      ErrorDisplayField: field ?? null,
      entity,
      Metadata: {
        active: true,
        description: null,
        errorConditionFormula: formula,
        errorDisplayField: field ?? null,
        errorMessage: message,
        shouldEvaluateOnClient: null,
        urls: null,
      },
    };
  });
}

const triggerColumns: readonly Column[] = [
  toColumn("Id", "id"),
  ...["Name", "TableEnumOrId", "Status", "Body"].map((name) => toColumn(name)),
  toColumn("ApiVersion", "double"),
  ...["UsageBeforeInsert", "UsageAfterInsert", "UsageBeforeUpdate", "UsageAfterUpdate", "IsValid"].map((name) =>
    toColumn(name, "boolean"),
  ),
];

function toTriggers({ config }: Org): readonly Values[] {
  const triggers = config.current().automationFaults.filter(({ kind }) => kind !== "flow");
  return triggers.map(({ object, on }, position) => ({
    Id: toRecordId("01q", position + 1),
    Name: `${object}Trigger`,
    TableEnumOrId: object,
    Status: "Active",
    ApiVersion: 67,
    UsageBeforeInsert: on === "create",
    UsageAfterInsert: false,
    UsageBeforeUpdate: on === "update",
    UsageAfterUpdate: false,
    IsValid: true,
    Body: `trigger ${object}Trigger on ${object} (before ${on === "create" ? "insert" : "update"}) {}`,
  }));
}

const fieldColumns: readonly Column[] = [
  toColumn("DurableId"),
  ...["QualifiedApiName", "Label", "DataType", "EntityDefinitionId"].map((name) => toColumn(name)),
  toColumn("Length", "int"),
  toColumn("IsIndexed", "boolean"),
];

/** Administrators see fields that are hidden from the token's user, but not those that are gone. */
function toFields({ schema }: Org): readonly Values[] {
  return listedObjects.flatMap((object) =>
    schema.allFields(object).map((field) => ({
      DurableId: `${object}.${field.name}`,
      QualifiedApiName: field.name,
      Label: field.label,
      DataType: field.type === "string" ? `Text(${field.length})` : field.type,
      EntityDefinitionId: object,
      Length: field.length,
      IsIndexed: field.externalId || field.unique,
      entity: object,
    })),
  );
}
