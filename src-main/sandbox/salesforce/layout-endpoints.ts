import type { FieldDefinition } from "./field-definition.ts";
import { listParam, objectParam, ok, param, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { masterType } from "./master-type.ts";
import { objectTypes, recordObjects, toObjectName, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { notFound } from "./refusal.ts";
import { toRecordId } from "./record-id.ts";
import { isRequired } from "./schema.ts";

/** How pages show records: one layout for each object with all its fields, and an org that has added nothing to them. */
export function layoutRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/sobjects/:object/describe/:part", (call) => {
      const object = objectParam(org, call);
      switch (param(call, "part")) {
        case "layouts":
          return ok(describeLayouts(org, object, call));
        case "compactLayouts":
          return ok(describeCompactLayouts(object, call));
        case "approvalLayouts":
          return ok({ approvalLayouts: [] });
        default:
          throw notFound();
      }
    }),
    route("GET", "/sobjects/:object/quickActions", (call) => {
      objectParam(org, call);
      return ok([]);
    }),
    route("GET", "/quickActions", () => ok([])),
    route("GET", "/tabs", ({ base }) => ok(recordObjects.map((object) => toTab(object, base)))),
    route("GET", "/theme", () => ok({ themeItems: [] })),
    route("GET", "/limits/recordCount", (call) => ok({ sObjects: countRecords(org, call) })),
  ];
}

const layoutIdOf = (object: ObjectName): string => toRecordId("00h", recordObjects.indexOf(object) + 1);

function describeLayouts(org: Org, object: ObjectName, { base }: OrgCall): object {
  const fields = org.schema.fields(object);
  const id = layoutIdOf(object);
  const section = (shown: readonly FieldDefinition[]): object => ({
    heading: `${objectTypes[object].label} Information`,
    useHeading: true,
    useCollapsibleSection: false,
    columns: 1,
    rows: shown.length,
    layoutRows: shown.map((field, position) => ({ numItems: 1, layoutItems: [toItem(org, object, field, position)] })),
  });
  const urls = { layout: `${base}/sobjects/${object}/describe/layouts/${masterType.recordTypeId}` };
  return {
    layouts: [
      {
        id,
        buttonLayoutSection: { detailButtons: [] },
        detailLayoutSections: [section(fields)],
        editLayoutSections: [section(fields.filter(({ createable, updateable }) => createable || updateable))],
        relatedLists: [],
        quickActionList: { quickActionListItems: [] },
        saveOptions: [],
      },
    ],
    recordTypeMappings: [{ ...masterType, layoutId: id, picklistsForRecordType: toPicklists(fields), urls }],
    recordTypeSelectorRequired: [false],
  };
}

function toItem(org: Org, object: ObjectName, field: FieldDefinition, position: number): object {
  return {
    label: field.label,
    required: field.createable && (!field.nillable || isRequired(object, field.name, org.config.current())),
    editableForNew: field.createable,
    editableForUpdate: field.updateable,
    placeholder: false,
    layoutComponents: [{ type: "Field", value: field.name, tabOrder: position + 1, displayLines: 1 }],
  };
}

function toPicklists(fields: readonly FieldDefinition[]): readonly object[] {
  return fields
    .filter(({ picklist }) => picklist.length > 0)
    .map(({ name, picklist }) => ({
      picklistName: name,
      picklistValues: picklist.map(({ value, isDefault }) => ({
        value,
        label: value,
        active: true,
        defaultValue: isDefault === true,
        validFor: null,
      })),
    }));
}

function describeCompactLayouts(object: ObjectName, { base }: OrgCall): object {
  const { nameField, label } = objectTypes[object];
  const components = [{ type: "Field", value: nameField, tabOrder: 1, displayLines: 1 }];
  const system = {
    id: null,
    name: "SYSTEM",
    label: "System Default",
    objectType: object,
    actions: [],
    imageItems: [],
    fieldItems: [{ label: `${label} Name`, required: false, placeholder: false, layoutComponents: components }],
  };
  return {
    compactLayouts: [system],
    defaultCompactLayoutId: null,
    recordTypeCompactLayoutMappings: [{ ...masterType, compactLayoutId: null, compactLayoutName: "SYSTEM", urls: {} }],
    urls: { primary: `${base}/sobjects/${object}/describe/compactLayouts/primary` },
  };
}

function toTab(object: ObjectName, base: string): object {
  const { plural } = objectTypes[object];
  return {
    name: `standard-${object}`,
    label: plural,
    sobjectName: object,
    custom: false,
    url: `/${object}/o`,
    iconUrl: `${base}/icons/${object}`,
    icons: [],
    colors: [],
    timeCreated: null,
  };
}

/** Records in use, as the org's page of storage counts them; of every object, or of those named. */
function countRecords(org: Org, call: OrgCall): readonly object[] {
  const named = listParam(call, "sObjects");
  const wanted = named === undefined ? recordObjects : named.flatMap((name) => toObjectName(name) ?? []);
  return wanted.map((name) => {
    const live = [...org.records.current(name).iterate()].filter(({ deletedAt }) => deletedAt === undefined);
    return { count: live.length, name };
  });
}
