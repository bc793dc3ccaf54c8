import { headerOf, toEmptyAnswer, withHeaders, type SandboxAnswer } from "../core/message.ts";
import { masterType } from "./master-type.ts";
import { childRelationships, toWireChild } from "./child-relationships.ts";
import type { FieldDefinition } from "./field-definition.ts";
import { objectParam, ok, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { isListed, objectTypes, recordObjects, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { recentRecords } from "./recent-records.ts";
import { isRequired } from "./schema.ts";

/** Names and rules of objects and fields, as the token's user sees them. */
export function describeRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/sobjects", (call) => whenChanged(org, call, () => describeAll(org, call))),
    route("GET", "/sobjects/:object", (call) => {
      const object = objectParam(org, call);
      return ok({
        objectDescribe: toSummary(org, object, call.base),
        recentItems: recentRecords(org, [object], call.base),
      });
    }),
    route("GET", "/sobjects/:object/describe", (call) => {
      const object = objectParam(org, call);
      return whenChanged(org, call, () => describeObject(org, object, call.base));
    }),
  ];
}

/** An unchanged description answers 304 to who knows it already. */
function whenChanged({ schema }: Org, { request }: OrgCall, describe: () => object): SandboxAnswer {
  const changedAt = Math.floor(schema.changedAt() / 1000) * 1000;
  const headers = { "last-modified": new Date(changedAt).toUTCString() };
  const since = Date.parse(headerOf(request, "if-modified-since") ?? "");
  if (!Number.isNaN(since) && changedAt <= since) return toEmptyAnswer(304, headers);
  return withHeaders(ok(describe()), headers);
}

function rights(org: Org, object: ObjectName): readonly string[] {
  const all = ["create", "read", "edit", "delete"];
  return org.config.current().objectPermissions[isListed(object) ? object : "Task"] ?? all;
}

function toSummary(org: Org, object: ObjectName, base: string): object {
  const { label, plural, prefix, searchable } = objectTypes[object];
  const may = rights(org, object);
  const root = `${base}/sobjects/${object}`;
  return {
    name: object,
    label,
    labelPlural: plural,
    keyPrefix: prefix,
    custom: false,
    customSetting: false,
    createable: may.includes("create"),
    updateable: may.includes("edit"),
    deletable: may.includes("delete"),
    queryable: may.includes("read"),
    searchable,
    retrieveable: true,
    replicateable: true,
    triggerable: true,
    undeletable: true,
    mergeable: object === "Account" || object === "Contact" || object === "Lead",
    layoutable: true,
    activateable: false,
    deprecatedAndHidden: false,
    urls: { sobject: root, describe: `${root}/describe`, rowTemplate: `${root}/{ID}` },
  };
}

function describeAll(org: Org, { base }: OrgCall): object {
  const sobjects = recordObjects
    .filter((object) => rights(org, object).includes("read"))
    .map((object) => toSummary(org, object, base));
  return { encoding: "UTF-8", maxBatchSize: 200, sobjects };
}

function describeObject(org: Org, object: ObjectName, base: string): object {
  return {
    ...toSummary(org, object, base),
    fields: org.schema.fields(object).map((field) => toFieldDescribe(org, object, field)),
    childRelationships: childRelationships(org, object).map(toWireChild),
    recordTypeInfos: [{ ...masterType, urls: {} }],
    actionOverrides: [],
    supportedScopes: [],
  };
}

const soapTypes: Readonly<Partial<Record<FieldDefinition["type"], string>>> = {
  id: "tns:ID",
  reference: "tns:ID",
  boolean: "xsd:boolean",
  int: "xsd:int",
  double: "xsd:double",
  currency: "xsd:double",
  percent: "xsd:double",
  date: "xsd:date",
  datetime: "xsd:dateTime",
};

function toFieldDescribe(org: Org, object: ObjectName, field: FieldDefinition): object {
  const { name, type, picklist } = field;
  return {
    name,
    label: field.label,
    type,
    length: field.length,
    byteLength: field.length * 3,
    precision: type === "currency" || type === "double" || type === "percent" ? 18 : 0,
    scale: type === "currency" || type === "double" || type === "percent" ? 2 : 0,
    digits: field.digits,
    soapType: soapTypes[type] ?? "xsd:string",
    nillable: field.nillable && !isRequired(object, name, org.config.current()),
    defaultedOnCreate: field.defaultValue !== null || name === "OwnerId" || !field.createable,
    createable: field.createable,
    updateable: field.updateable,
    unique: field.unique,
    externalId: field.externalId,
    idLookup: field.externalId || type === "id",
    caseSensitive: field.caseSensitive,
    restrictedPicklist: field.restrictedPicklist,
    picklistValues: picklist.map(({ value, isDefault }) => ({
      value,
      label: value,
      active: true,
      defaultValue: isDefault === true,
      validFor: null,
    })),
    dependentPicklist: false,
    controllerName: null,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    polymorphicForeignKey: field.referenceTo.length > 1,
    calculated: false,
    custom: field.custom,
    nameField: name === objectTypes[object].nameField,
    encrypted: false,
    compoundFieldName: null,
    defaultValue: field.defaultValue,
    inlineHelpText: null,
    deprecatedAndHidden: false,
    filterable: !(type === "textarea" && field.length > 255),
    sortable: type !== "textarea",
    groupable: type !== "textarea",
    aggregatable: true,
    permissionable: field.custom,
  };
}
