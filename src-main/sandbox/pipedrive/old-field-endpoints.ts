import { z } from "zod";
import { notFound, param, parseV1, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { fieldScopes, shownFields } from "./field-access.ts";
import { fieldInput, type FieldDefinition } from "./field-definition.ts";
import { singular, type CoreObject } from "./object-types.ts";
import { checkFeatureCaps } from "./record-rules.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest } from "./refusal.ts";

const optionList = z.array(z.looseObject({ id: z.int().optional(), label: z.string().min(1) }));
const createBody = z.looseObject({
  name: z.string().min(1),
  field_type: fieldInput.shape.field_type,
  options: optionList.optional(),
});
const changeBody = z.looseObject({ name: z.string().min(1).optional(), options: optionList.optional() });

/** Fields of an object as the first version lists them: numbered in their order. */
export function oldFields(company: Company, object: CoreObject): readonly Wire[] {
  return shownFields(company, object).map((field, position) => toV1(object, field, position + 1));
}

/** One field by its number in that list, and custom fields made, changed and deleted the older way. */
export function oldFieldRoutes(company: Company, object: CoreObject): readonly ApiRoute[] {
  const at = `/v1/${singular[object]}Fields`;
  const { read, write } = fieldScopes[object];
  const find = (call: ApiCall): { readonly field: FieldDefinition; readonly id: number } => {
    const id = Number(param(call, "id"));
    const field = shownFields(company, object)[id - 1];
    if (field === undefined) throw notFound(company);
    return { field, id };
  };
  const show = (code: string) => {
    const position = shownFields(company, object).findIndex((field) => field.code === code);
    const wire = oldFields(company, object)[position];
    if (wire === undefined) throw notFound(company);
    return toData(wire);
  };
  return [
    route("GET", `${at}/:id`, { cost: 2, scopes: read }, (call) => show(find(call).field.code)),
    route("POST", at, { cost: 10, scopes: write }, (call) => {
      checkFeatureCaps(company, "custom_fields");
      const { name, field_type, options: given } = parseV1(call, createBody);
      const made = company.registry.create(object, { field_name: name, field_type, options: given });
      return show(made.code);
    }),
    route("PUT", `${at}/:id`, { cost: 10, scopes: write }, (call) => {
      const { field } = find(call);
      const { name = field.name, options: given } = parseV1(call, changeBody);
      let last = Math.max(0, ...(field.options ?? []).map(({ id }) => id));
      const kept = given?.map(({ id, label }) => ({ id: id ?? (last += 1), label }));
      company.registry.replace(object, { ...field, name, options: kept ?? field.options });
      return show(field.code);
    }),
    route("DELETE", `${at}/:id`, { cost: 6, scopes: write }, (call) => {
      const { field, id } = find(call);
      if (!company.registry.remove(object, field.code)) throw badRequest("Bad request: the field is no custom field");
      return toData({ id });
    }),
  ];
}

/** Names that the two versions have differently. */
const oldKeys: Readonly<Record<string, string>> = { phones: "phone", emails: "email", owner_id: "owner_id" };

/** Types that the first version knows; it shows the others as numbers or texts. */
const oldTypes: ReadonlySet<string> = new Set(
  "address date daterange double enum monetary org people phone set text time timerange user varchar varchar_auto".split(
    " ",
  ),
);

function toV1(
  object: CoreObject,
  { code, name, type, isCustom, isRequired, options }: FieldDefinition,
  id: number,
): Wire {
  return {
    id,
    key: object === "persons" ? (oldKeys[code] ?? code) : code,
    name,
    order_nr: id,
    field_type: oldTypes.has(type) ? type : type === "int" ? "double" : "varchar",
    add_time: "2024-01-01 00:00:00",
    update_time: "2024-01-01 00:00:00",
    active_flag: true,
    edit_flag: isCustom,
    index_visible_flag: true,
    details_visible_flag: true,
    add_visible_flag: true,
    important_flag: false,
    bulk_edit_allowed: true,
    searchable_flag: false,
    filtering_allowed: true,
    sortable_flag: true,
    mandatory_flag: isRequired,
    ...(options === null ? {} : { options }),
  };
}
