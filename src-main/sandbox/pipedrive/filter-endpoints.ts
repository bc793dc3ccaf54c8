import { z } from "zod";
import { listParam, param, parseV1, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { toPlainTime, type CompanyRecord } from "./company-record.ts";
import {
  filterConditions,
  filterTypes,
  operators,
  toFilter,
  type FilterConditions,
  type FilterType,
} from "./filter-conditions.ts";
import type { CoreObject } from "./object-types.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest, Refusal } from "./refusal.ts";

export type SavedFilters = {
  /** Throws a `Refusal` for an unknown filter, and for one of another kind of record. */
  readonly find: (id: string, object: CoreObject) => (record: CompanyRecord) => boolean;
  readonly routes: readonly ApiRoute[];
  readonly clear: () => void;
};

const filterType = z.enum(["deals", "people", "org", "activity"]);
const filterBody = z.looseObject({ name: z.string().min(1), type: filterType, conditions: filterConditions });
const filterChange = z.looseObject({ name: z.string().min(1).optional(), conditions: filterConditions });
type SavedFilter = {
  readonly name: string;
  readonly type: FilterType;
  readonly addedAt: number;
  readonly changedAt: number;
  readonly conditions: FilterConditions;
};

export function createSavedFilters(company: Company): SavedFilters {
  const saved = new Map<string, SavedFilter>();
  let serial = 0;
  const find = (id: string): SavedFilter => {
    const filter = saved.get(id);
    if (filter === undefined) throw new Refusal(404, company.config.current().notFoundCode, `Filter ${id} not found`);
    return filter;
  };
  /** Whether filters on activities work is not documented. */
  const check = (type: FilterType, conditions: FilterConditions): void => {
    if (type === "activity" && !company.config.current().activityFilter)
      throw badRequest("Bad request: conditions on this field do not work");
    toFilter(company, type, conditions);
  };
  const show = (id: string, { name, type, addedAt, changedAt, conditions }: SavedFilter): Wire => ({
    id: Number(id),
    name,
    active_flag: true,
    type,
    temporary_flag: null,
    user_id: company.me(),
    add_time: toPlainTime(addedAt),
    update_time: toPlainTime(changedAt),
    visible_to: 1,
    custom_view_id: null,
    conditions,
  });
  const create = route("POST", "/v1/filters", { cost: 10, scopes: [] }, (call) => {
    const { name, type, conditions } = parseV1(call, filterBody);
    check(type, conditions);
    serial += 1;
    const now = company.clock.now();
    saved.set(String(serial), { name, type, conditions, addedAt: now, changedAt: now });
    return toData({ id: serial });
  });
  const change = route("PUT", "/v1/filters/:id", { cost: 10, scopes: [] }, (call) => {
    const id = param(call, "id");
    const before = find(id);
    const { name = before.name, conditions } = parseV1(call, filterChange);
    check(before.type, conditions);
    saved.set(id, { ...before, name, conditions, changedAt: company.clock.now() });
    return toData({ id: Number(id) });
  });
  const list = route("GET", "/v1/filters", { cost: 20, scopes: [] }, ({ request: { query } }) => {
    const type = query.get("type");
    return toData(
      [...saved].filter(([, each]) => type === null || each.type === type).map(([id, each]) => show(id, each)),
    );
  });
  const helpers = route("GET", "/v1/filters/helpers", { cost: 20, scopes: [] }, () => {
    const labels = Object.fromEntries(Object.entries(operators).map(([name, { label }]) => [name, label]));
    return toData({ operators: { varchar: { ...labels, "IS NULL": "is empty", "IS NOT NULL": "is not empty" } } });
  });
  const read = route("GET", "/v1/filters/:id", { cost: 2, scopes: [] }, (call) =>
    toData(show(param(call, "id"), find(param(call, "id")))),
  );
  const remove = route("DELETE", "/v1/filters/:id", { cost: 6, scopes: [] }, (call) => {
    const id = param(call, "id");
    find(id);
    saved.delete(id);
    return toData({ id: Number(id) });
  });
  const removeMany = route("DELETE", "/v1/filters", { cost: 10, scopes: [] }, (call) => {
    const ids = (listParam(call, "ids") ?? []).filter((id) => saved.delete(id));
    return toData({ id: ids.map(Number) });
  });
  return {
    routes: [create, list, helpers, read, change, remove, removeMany],
    find: (id, object) => {
      const { type, conditions } = find(id);
      if (filterTypes[type] !== object) throw badRequest(`filter_id: filter ${id} is one of ${filterTypes[type]}`);
      return toFilter(company, type, conditions);
    },
    clear: () => {
      saved.clear();
      serial = 0;
    },
  };
}
