import { toJsonAnswer } from "../core/message.ts";
import { z } from "zod";
import {
  jsonBody,
  limitParam,
  notFound,
  param,
  parseV1,
  route,
  toData,
  toOffsetPage,
  type ApiCall,
  type ApiRoute,
} from "./api-call.ts";
import type { Company } from "./company.ts";
import { fieldInput, type FieldDefinition } from "./field-definition.ts";
import { fromCursor, toCursor } from "./list-cursor.ts";
import { singular, type CoreObject } from "./object-types.ts";
import { fieldScopes, shownFields } from "./field-access.ts";
import { oldFieldRoutes, oldFields } from "./old-field-endpoints.ts";
import { checkFeatureCaps } from "./record-rules.ts";
import type { Wire } from "./record-wire.ts";
import { schemaRefusal } from "./refusal.ts";

/** Fields in the shape of both versions. */
export function fieldRoutes(company: Company): readonly ApiRoute[] {
  return (["persons", "organizations", "deals", "activities"] as const).flatMap((object) => [
    ...readingRoutes(company, object),
    ...(object === "activities" ? [] : [...writingRoutes(company, object), ...oldFieldRoutes(company, object)]),
  ]);
}

function readingRoutes(company: Company, object: CoreObject): readonly ApiRoute[] {
  const at = `/api/v2/${singular[object]}Fields`;
  const { read } = fieldScopes[object];
  // The first version knew no scope of its own for the fields of activities.
  const readOld = object === "activities" ? ["activities:read", "admin"] : read;
  return [
    route("GET", at, { cost: 10, scopes: read }, (call) => listFields(company, call, object)),
    route("GET", `${at}/:code`, { cost: 1, scopes: read }, (call) => toData(toV2(require(company, call, object)))),
    route("GET", `/v1/${singular[object]}Fields`, { cost: 20, scopes: readOld }, (call) => {
      const { page, additional } = toOffsetPage(call, oldFields(company, object), 100, 500);
      return toData(page, 200, additional);
    }),
  ];
}

function writingRoutes(company: Company, object: CoreObject): readonly ApiRoute[] {
  const at = `/api/v2/${singular[object]}Fields`;
  const { write } = fieldScopes[object];
  return [
    route("POST", at, { cost: 5, scopes: write }, (call) => {
      checkFeatureCaps(company, "custom_fields");
      const input = fieldInput.omit({ field_code: true }).safeParse(jsonBody(call));
      if (!input.success)
        throw schemaRefusal(String(input.error.issues[0]?.path[0] ?? "body"), "is missing or invalid");
      const { field_name: name, field_type: type, description, options, required_fields: required } = input.data;
      return toData(
        toV2(
          company.registry.create(object, {
            field_name: name,
            field_type: type,
            description,
            options,
            required_fields: required,
          }),
        ),
      );
    }),
    route("PATCH", `${at}/:code`, { cost: 5, scopes: write }, (call) => {
      const field = require(company, call, object);
      const changes = parseV1(
        call,
        z.looseObject({
          field_name: z.string().min(1).optional(),
          description: z.string().nullable().optional(),
          required_fields: z.looseObject({ enabled: z.boolean() }).optional(),
        }),
      );
      const changed = {
        ...field,
        name: changes.field_name ?? field.name,
        description: changes.description ?? field.description,
        isRequired: changes.required_fields?.enabled ?? field.isRequired,
      };
      company.registry.replace(object, changed);
      return toData(toV2(changed));
    }),
    route("DELETE", `${at}/:code`, { cost: 3, scopes: write }, (call) => {
      const field = require(company, call, object);
      if (!company.registry.remove(object, field.code)) throw schemaRefusal("field_code", "is no custom field");
      return toData(toV2(field));
    }),
    ...optionRoutes(company, object, at, write),
  ];
}

function optionRoutes(company: Company, object: CoreObject, at: string, write: readonly string[]): readonly ApiRoute[] {
  const change = (call: ApiCall, edit: (options: readonly Option[]) => readonly Option[]) => {
    const field = require(company, call, object);
    const options = edit(field.options ?? []);
    company.registry.replace(object, { ...field, options });
    return toData(options);
  };
  const access = { cost: 5, scopes: write };
  return [
    route("POST", `${at}/:code/options`, access, (call) => {
      const added = parseV1(call, z.array(z.looseObject({ label: z.string().min(1) })));
      return change(call, (options) => {
        const last = Math.max(0, ...options.map(({ id }) => id));
        return [...options, ...added.map(({ label }, position) => ({ id: last + position + 1, label }))];
      });
    }),
    route("PATCH", `${at}/:code/options`, access, (call) => {
      const given = parseV1(call, z.array(z.looseObject({ id: z.int(), label: z.string().min(1) })));
      return change(call, (options) =>
        options.map((option) => ({
          id: option.id,
          label: given.find(({ id }) => id === option.id)?.label ?? option.label,
        })),
      );
    }),
    route("DELETE", `${at}/:code/options`, { cost: 3, scopes: write }, (call) => {
      const given = parseV1(call, z.array(z.looseObject({ id: z.int() })));
      return change(call, (options) => options.filter((option) => !given.some(({ id }) => id === option.id)));
    }),
  ];
}

type Option = { readonly id: number; readonly label: string };

function require(company: Company, call: ApiCall, object: CoreObject): FieldDefinition {
  const field = shownFields(company, object).find(({ code }) => code === param(call, "code"));
  if (field === undefined) throw notFound(company);
  return field;
}

function listFields(company: Company, call: ApiCall, object: CoreObject) {
  const fields = shownFields(company, object);
  const limit = limitParam(call, 100, 500);
  const cursor = call.request.query.get("cursor");
  const start = cursor === null ? 0 : fromCursor(company, cursor, "fields").id;
  const end = start + limit;
  const next = { field: "fields", value: "", direction: "asc", id: end, at: company.clock.now() } as const;
  return toJsonAnswer(200, {
    success: true,
    data: fields.slice(start, end).map(toV2),
    additional_data: { next_cursor: end < fields.length ? toCursor(next) : null },
  });
}

function toV2({ code, name, type, description, isCustom, isRequired, options }: FieldDefinition): Wire {
  return {
    field_name: name,
    field_code: code,
    description,
    field_type: type,
    options,
    subfields: null,
    is_custom_field: isCustom,
    is_optional_response_field: false,
    ui_visibility: {
      add_visible_flag: true,
      details_visible_flag: true,
      show_in_add_deal_dialog: { show: false, order: null },
    },
    important_fields: { enabled: false, stage_ids: [] },
    required_fields: { enabled: isRequired, stage_ids: [], statuses: {} },
  };
}
