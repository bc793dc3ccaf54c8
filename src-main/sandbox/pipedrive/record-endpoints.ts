import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import {
  jsonBody,
  listParam,
  notFound,
  param,
  requireRecord,
  route,
  toData,
  type ApiCall,
  type ApiRoute,
} from "./api-call.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { SavedFilters } from "./filter-endpoints.ts";
import { listRecords } from "./list-query.ts";
import { coreObjects, scopeFamily, type CoreObject } from "./object-types.ts";
import { checkPermission } from "./record-rules.ts";
import { toWire } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";

type Deps = { readonly company: Company; readonly writer: RecordWriter; readonly filters: SavedFilters };

/** Lists, reads, writes and deletes of the second version. */
export function recordRoutes(deps: Deps): readonly ApiRoute[] {
  const archived = route("GET", "/api/v2/deals/archived", { cost: 20, scopes: ["deals:read"] }, (call) =>
    list(deps, call, "deals", ({ fields }) => fields["is_archived"] === true),
  );
  return [archived, ...coreObjects.flatMap((object) => routesOf(deps, object))];
}

function routesOf(deps: Deps, object: CoreObject): readonly ApiRoute[] {
  const { company, writer } = deps;
  const read = [`${scopeFamily[object]}:read`];
  const full = [`${scopeFamily[object]}:full`];
  const at = `/api/v2/${object}`;
  return [
    route("GET", at, { cost: 10, scopes: read }, (call) =>
      list(deps, call, object, ({ fields }) => fields["is_archived"] !== true),
    ),
    route("GET", `${at}/:id`, { cost: 1, scopes: read }, (call) => readOne(company, call, object)),
    route("POST", at, { cost: 5, scopes: full }, (call) => {
      const record = writer.create(object, jsonBody(call));
      return toData(toWire(company, record), company.config.current().createStatus);
    }),
    route("PATCH", `${at}/:id`, { cost: 5, scopes: full }, (call) => {
      const record = writer.update(requireLive(company, call, object), object, jsonBody(call));
      return toData(toWire(company, record));
    }),
    route("DELETE", `${at}/:id`, { cost: 3, scopes: full }, (call) => {
      const record = writer.remove(requireLive(company, call, object));
      return toData({ id: Number(record.id) });
    }),
  ];
}

function requireLive(company: Company, call: ApiCall, object: CoreObject): CompanyRecord {
  const record = requireRecord(company, object, param(call, "id"), "current");
  if (record.deletedAt !== undefined) throw notFound(company);
  return record;
}

function list(
  { company, filters }: Deps,
  call: ApiCall,
  object: CoreObject,
  belongs: (record: CompanyRecord) => boolean,
): SandboxAnswer {
  checkPermission(company, object, "read");
  const keys = listParam(call, "custom_fields");
  const { records, nextCursor } = listRecords(company, filters, call, object, belongs);
  return toJsonAnswer(200, {
    success: true,
    data: records.map((record) => toWire(company, record, keys)),
    additional_data: { next_cursor: nextCursor },
  });
}

/** What was deleted is still shown, with its mark, or is not, as the account is set. */
function readOne(company: Company, call: ApiCall, object: CoreObject): SandboxAnswer {
  checkPermission(company, object, "read");
  const record = requireRecord(company, object, param(call, "id"), "shown");
  if (record.deletedAt !== undefined && company.config.current().softDeletedGet === "404") throw notFound(company);
  return toData(toWire(company, record, listParam(call, "custom_fields")));
}
