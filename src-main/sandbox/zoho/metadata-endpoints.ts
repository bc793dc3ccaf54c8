import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { fieldDefinitionInput, toCustomField, toWireField, type FieldDefinitionInput } from "./field-definition.ts";
import { moduleFacts, moduleNames, toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { invalidModule, Refusal, toErrorBody } from "./refusal.ts";
import { moduleQuery, param, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { allViewId } from "./view-endpoints.ts";
import { toZohoTime } from "./zoho-record.ts";

const read = (what: string): readonly string[] => [`ZohoCRM.settings.${what}.READ`];
const maxFieldsOfModule = 500;

export function metadataRoutes(org: Org): readonly ZohoRoute[] {
  const fields = "/crm/:version/settings/fields";
  const write = (operation: string): readonly string[] => [`ZohoCRM.settings.fields.${operation}`];
  return [
    route("GET", "/crm/:version/settings/modules", read("modules"), () =>
      toJsonAnswer(200, { modules: moduleNames.map((module) => toWireModule(org, module)) }),
    ),
    route("GET", "/crm/:version/settings/modules/:module", read("modules"), (call) => {
      const module = toModuleName(param(call, "module"));
      if (module === undefined) throw invalidModule(param(call, "module"));
      return toJsonAnswer(200, { modules: [toWireModule(org, module)] });
    }),
    route("GET", fields, read("fields"), (call) => listFields(org, moduleQuery(call))),
    route("GET", `${fields}/:id`, read("fields"), (call) => readField(org, moduleQuery(call), param(call, "id"))),
    route("POST", fields, write("CREATE"), (call) => createFields(org, call)),
    route("PATCH", `${fields}/:id`, write("UPDATE"), (call) => updateField(org, call)),
    route("DELETE", `${fields}/:id`, write("DELETE"), (call) => deleteField(org, call)),
    route("GET", "/crm/:version/settings/layouts", read("layouts"), (call) => {
      return toJsonAnswer(200, { layouts: [toWireLayout(org, moduleQuery(call))] });
    }),
    route("GET", "/crm/:version/settings/layouts/:id", read("layouts"), (call) => {
      const module = moduleQuery(call);
      if (param(call, "id") !== layoutId(module)) return toEmptyAnswer(204);
      return toJsonAnswer(200, { layouts: [toWireLayout(org, module)] });
    }),
  ];
}

function toWireModule(org: Org, module: ModuleName): object {
  const { id, singular, plural, sequence } = moduleFacts(module);
  const rights = org.config.current().objectPermissions[module];
  const may = (right: "create" | "read" | "edit" | "delete"): boolean => rights?.includes(right) ?? true;
  return {
    id,
    api_name: module,
    module_name: plural,
    singular_label: singular,
    plural_label: plural,
    actual_singular_label: singular,
    actual_plural_label: plural,
    api_supported: true,
    creatable: may("create"),
    editable: may("edit"),
    deletable: may("delete"),
    viewable: may("read"),
    visible: may("read"),
    show_as_tab: true,
    visibility: 1,
    status: "visible",
    generated_type: "default",
    sequence_number: sequence,
    isBlueprintSupported: true,
    triggers_supported: true,
    global_search_supported: true,
    convertable: module === "Leads",
    quick_create: true,
    feeds_required: false,
    inventory_template_supported: false,
    profile_count: 1,
    profiles: [{ id: "3652397000000026011", name: "Administrator" }],
    arguments: [],
    parent_module: {},
    web_link: null,
    modified_by: null,
    modified_time: null,
  };
}

function listFields(org: Org, module: ModuleName): SandboxAnswer {
  const fields = [...org.registry.fields(module).values()].map((field) => toWireField(field, field.access));
  return fields.length === 0 ? toEmptyAnswer(204) : toJsonAnswer(200, { fields });
}

function readField(org: Org, module: ModuleName, id: string): SandboxAnswer {
  const field = [...org.registry.fields(module).values()].find((each) => each.id === id);
  return field === undefined ? toEmptyAnswer(204) : toJsonAnswer(200, { fields: [toWireField(field, field.access)] });
}

/** Fields come one by one in the answer, in the order asked for. */
function createFields(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleQuery(call);
  const body = parseBody(call, z.looseObject({ fields: z.array(z.unknown()).min(1).max(5) }));
  const results = body.fields.map((given, position) => {
    try {
      const id = createField(org, module, given, position);
      return { status: "success", code: "SUCCESS", message: "field created", details: { id } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toErrorBody(error);
    }
  });
  const isGood = results.every(({ status }) => status === "success");
  return toJsonAnswer(isGood ? 201 : 400, { fields: results });
}

function createField(org: Org, module: ModuleName, given: unknown, position: number): string {
  const parsed = fieldDefinitionInput.safeParse(given);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0] ?? "fields");
    const details = { api_name: name, json_path: `$.fields[${position}].${name}` };
    throw new Refusal(400, "INVALID_DATA", "invalid data", details);
  }
  // The API name is always derived from the label; a given one is not taken.
  const { api_name: _given, ...definition } = parsed.data;
  if (definition.field_label === undefined)
    throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", {
      api_name: "field_label",
      json_path: `$.fields[${position}].field_label`,
    });
  checkAllowed(org, module, definition, position);
  const id = org.records.nextId();
  const field = toCustomField(definition, id);
  if (field === undefined)
    throw new Refusal(400, "INVALID_DATA", "invalid data", {
      api_name: "field_label",
      json_path: `$.fields[${position}].field_label`,
    });
  if (
    [...org.registry.allFields(module).values()].some(({ name, label }) => name === field.name || label === field.label)
  )
    throw new Refusal(400, "DUPLICATE_DATA", "a field with the same label already exists", {
      api_name: "field_label",
      json_path: `$.fields[${position}].field_label`,
    });
  org.registry.add(module, field);
  return id;
}

/** What an org takes on Calls is not documented; three switches say it. Throws a `Refusal`. */
function checkAllowed(org: Org, module: ModuleName, definition: FieldDefinitionInput, position: number): void {
  const { fieldsOnCalls, uniqueOnCalls, externalFieldsOnCalls } = org.config.current();
  const place = (name: string): Readonly<Record<string, string>> => ({
    api_name: name,
    json_path: `$.fields[${position}].${name}`,
  });
  if (org.registry.allFields(module).size >= maxFieldsOfModule)
    throw new Refusal(400, "LIMIT_EXCEEDED", "the number of fields exceeds the limit", { limit: maxFieldsOfModule });
  if (module !== "Calls") return;
  if (!fieldsOnCalls)
    throw new Refusal(400, "NOT_SUPPORTED", "custom fields are not supported in this module", { module });
  const { unique, external } = definition;
  if (!uniqueOnCalls && unique !== null && unique !== undefined && Object.keys(unique).length > 0)
    throw new Refusal(400, "INVALID_DATA", "the property is not supported in this module", place("unique"));
  if (!externalFieldsOnCalls && external !== null && external !== undefined)
    throw new Refusal(400, "INVALID_DATA", "the property is not supported in this module", place("external"));
}

function findCustom(org: Org, module: ModuleName, id: string) {
  const field = [...org.registry.allFields(module).values()].find((each) => each.id === id);
  if (field === undefined)
    throw new Refusal(400, "INVALID_DATA", "the id given seems to be invalid", { resource_path_index: 2 });
  if (!field.custom) throw new Refusal(400, "NOT_SUPPORTED", "a standard field cannot be changed", { id });
  return field;
}

function updateField(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleQuery(call);
  const field = findCustom(org, module, param(call, "id"));
  const body = parseBody(call, z.looseObject({ fields: z.array(fieldDefinitionInput.partial()).min(1).max(1) }));
  const merged = fieldDefinitionInput.parse({
    data_type: field.type,
    length: field.length,
    unique: field.unique === undefined ? null : { case_sensitive: field.unique.caseSensitive },
    external: field.external ?? null,
    field_label: field.label,
    ...body.fields[0],
    api_name: field.name,
  });
  checkAllowed(org, module, merged, 0);
  const changed = toCustomField(merged, field.id);
  if (changed !== undefined) org.registry.replace(module, changed);
  return toJsonAnswer(200, {
    fields: [{ status: "success", code: "SUCCESS", message: "field updated", details: { id: field.id } }],
  });
}

function deleteField(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleQuery(call);
  const { id } = findCustom(org, module, param(call, "id"));
  org.registry.remove(module, id);
  return toJsonAnswer(200, {
    fields: [{ status: "success", code: "SUCCESS", message: "field deleted", details: { id } }],
  });
}

/** One layout for each module, with every field in one section. */
function toWireLayout(org: Org, module: ModuleName): object {
  const { id, plural } = moduleFacts(module);
  const fields = [...org.registry.fields(module).values()].map((field) => ({
    ...toWireField(field, field.access),
    required: field.systemMandatory || field.layoutRequired,
  }));
  return {
    id: layoutId(module),
    name: "Standard",
    display_label: "Standard",
    api_name: "Standard",
    status: "active",
    visible: true,
    generated_type: "default",
    has_more_profiles: false,
    profiles: [
      {
        id: "3652397000000026011",
        name: "Administrator",
        default: true,
        _default_view: { id: allViewId(module), name: "All", type: "public_views" },
      },
    ],
    sections: [
      {
        id: `${id.slice(0, -4)}8${id.slice(-3)}`,
        api_name: `${plural}_Information`,
        display_label: `${plural} Information`,
        name: `${plural} Information`,
        sequence_number: 1,
        column_count: 2,
        fields,
      },
    ],
    modified_time: toZohoTime(org.clock.now(), org.config.current().orgTimeZone),
  };
}

function layoutId(module: ModuleName): string {
  const { id } = moduleFacts(module);
  return `${id.slice(0, -4)}9${id.slice(-3)}`;
}
