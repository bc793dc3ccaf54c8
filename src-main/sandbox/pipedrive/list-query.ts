import { limitParam, listParam, type ApiCall } from "./api-call.ts";
import type { Company } from "./company.ts";
import { idOf, type CompanyRecord } from "./company-record.ts";
import { firstPlace } from "./deal-stage.ts";
import { fromCursor, toCursor, type Position } from "./list-cursor.ts";
import type { CoreObject } from "./object-types.ts";
import { schemaRefusal } from "./refusal.ts";
import type { SavedFilters } from "./filter-endpoints.ts";

export type Page = { readonly records: readonly CompanyRecord[]; readonly nextCursor: string | null };
type Test = (record: CompanyRecord) => boolean;

const maxIds = 100;
const maxCustomFields = 15;
/** Query names that compare one field of a record. */
const linkFilters: Readonly<Record<CoreObject, readonly string[]>> = {
  persons: ["owner_id", "org_id"],
  organizations: ["owner_id"],
  deals: ["owner_id", "person_id", "org_id", "pipeline_id", "stage_id"],
  activities: ["owner_id", "deal_id", "lead_id", "person_id", "org_id"],
};

/** One page of a list, by the query of the second version. Throws a `Refusal` for what is not allowed in it. */
export function listRecords(
  company: Company,
  filters: SavedFilters,
  call: ApiCall,
  object: CoreObject,
  belongs: Test,
): Page {
  const { query } = call.request;
  const limit = limitParam(call, 100, 500);
  const order = toOrder(call, object);
  const wantsDeleted = object === "deals" && query.get("status") === "deleted";
  const tests: readonly Test[] = [
    (record) => company.isVisible(record) && !company.isPurged(record),
    (record) => (record.deletedAt !== undefined) === wantsDeleted,
    belongs,
    ...toTests(filters, call, object),
  ];
  const cursor = query.get("cursor");
  const after = cursor === null ? undefined : fromCursor(company, cursor, order.name);
  const isListed = (record: CompanyRecord): boolean =>
    (after === undefined || order.isAfter(record, after)) && tests.every((test) => test(record));
  // One more than the page tells whether there is a next one.
  const found = order.isById
    ? take(company.shown(object).iterate(after === undefined ? undefined : String(after.id)), isListed, limit + 1)
    : [...company.shown(object).iterate()].filter(isListed).toSorted(order.compare);
  const records = found.slice(0, limit);
  const last = records.at(-1);
  const nextCursor =
    last === undefined || found.length <= limit
      ? null
      : toCursor({ ...order.positionOf(last), at: company.clock.now() });
  return { records, nextCursor };
}

/** The first so many that pass, of records in their order: a page of many thousand costs no more than one of few. */
function take(from: Iterable<CompanyRecord>, passes: Test, count: number): readonly CompanyRecord[] {
  const taken: CompanyRecord[] = [];
  for (const record of from) {
    if (passes(record)) taken.push(record);
    if (taken.length === count) break;
  }
  return taken;
}

type Order = {
  readonly name: string;
  /** The order in which records are kept. */
  readonly isById: boolean;
  readonly compare: (left: CompanyRecord, right: CompanyRecord) => number;
  readonly isAfter: (record: CompanyRecord, position: Position) => boolean;
  readonly positionOf: (record: CompanyRecord) => Omit<Position, "at">;
};

function toOrder({ request: { query } }: ApiCall, object: CoreObject): Order {
  const field = query.get("sort_by") ?? "id";
  const known = ["id", "add_time", "update_time", ...(object === "activities" ? ["due_date"] : [])];
  if (!known.includes(field)) throw schemaRefusal("sort_by", `must be one of ${known.join(", ")}`);
  const direction = query.get("sort_direction") ?? "asc";
  if (direction !== "asc" && direction !== "desc") throw schemaRefusal("sort_direction", "must be asc or desc");
  const sign = direction === "asc" ? 1 : -1;
  const valueOf = (record: CompanyRecord): number | string => {
    if (field === "add_time") return Math.floor(record.addTime / 1000);
    if (field === "update_time") return Math.floor(record.updateTime / 1000);
    return field === "due_date" ? (idOf(record.fields["due_date"]) ?? "") : Number(record.id);
  };
  const against = (value: number | string, id: number, position: Pick<Position, "value" | "id">): number =>
    sign * (compareValues(value, position.value) || id - position.id);
  const positionOf = (record: CompanyRecord) =>
    ({ field, value: valueOf(record), direction, id: Number(record.id) }) as const;
  return {
    name: field,
    isById: field === "id" && direction === "asc",
    compare: (left, right) => against(valueOf(left), Number(left.id), positionOf(right)),
    isAfter: (record, position) => against(valueOf(record), Number(record.id), position) > 0,
    positionOf,
  };
}

function compareValues(left: number | string, right: number | string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A saved filter disables the others. */
function toTests(filters: SavedFilters, call: ApiCall, object: CoreObject): readonly Test[] {
  const { query } = call.request;
  const filterId = query.get("filter_id");
  if (filterId !== null) return [filters.find(filterId, object)];
  const ids = listParam(call, "ids");
  if (ids !== undefined && ids.length > maxIds) throw schemaRefusal("ids", `must not hold more than ${maxIds} ids`);
  if ((listParam(call, "custom_fields") ?? []).length > maxCustomFields)
    throw schemaRefusal("custom_fields", `must not hold more than ${maxCustomFields} fields`);
  const since = timeParam(call, "updated_since");
  const until = timeParam(call, "updated_until");
  const done = query.get("done");
  const status = object === "deals" ? query.get("status") : null;
  return [
    ...(ids === undefined ? [] : [({ id }: CompanyRecord) => ids.includes(id)]),
    ...(since === undefined ? [] : [({ updateTime }: CompanyRecord) => Math.floor(updateTime / 1000) >= since]),
    ...(until === undefined ? [] : [({ updateTime }: CompanyRecord) => Math.floor(updateTime / 1000) < until]),
    ...(done === null ? [] : [({ fields }: CompanyRecord) => (fields["done"] ?? false) === (done === "true")]),
    ...(status === null || status === "deleted"
      ? []
      : [({ fields }: CompanyRecord) => (fields["status"] ?? "open") === status]),
    ...linkFilters[object].flatMap((name) => {
      const wanted = query.get(name);
      return wanted === null ? [] : [({ fields }: CompanyRecord) => idOf(fields[name] ?? placeOf(name)) === wanted];
    }),
  ];
}

function placeOf(name: string): number | undefined {
  return name === "pipeline_id" || name === "stage_id" ? firstPlace[name] : undefined;
}

/** Whole seconds since the epoch; fractions of a second are refused. */
function timeParam({ request }: ApiCall, name: string): number | undefined {
  const given = request.query.get(name);
  if (given === null) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw schemaRefusal(name, "must be a RFC 3339 time in whole seconds");
  return time / 1000;
}
