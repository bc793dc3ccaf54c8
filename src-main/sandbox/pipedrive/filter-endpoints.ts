import { z } from "zod";
import { param, parseV1, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { toPlainTime, type CompanyRecord } from "./company-record.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest, Refusal } from "./refusal.ts";

export type SavedFilters = {
  /** Throws a `Refusal` for an unknown filter. */
  readonly find: (id: string) => (record: CompanyRecord) => boolean;
  readonly routes: readonly ApiRoute[];
  readonly clear: () => void;
};

/** Only what a client of ours could want: words within the subject or the note of an activity. */
const condition = z.looseObject({
  object: z.literal("activity"),
  field_id: z.union([z.string(), z.number()]),
  operator: z.literal("LIKE '$%$'"),
  value: z.string().min(1),
});
const group = z.looseObject({ glue: z.enum(["and", "or"]), conditions: z.array(condition) });
const filterBody = z.looseObject({
  name: z.string().min(1),
  type: z.literal("activity"),
  conditions: z.looseObject({ glue: z.literal("and"), conditions: z.array(group) }),
});
type SavedFilter = {
  readonly name: string;
  readonly addedAt: number;
  readonly conditions: z.infer<typeof filterBody>["conditions"];
};
type Groups = z.infer<typeof filterBody>["conditions"]["conditions"];

export function createSavedFilters(company: Company): SavedFilters {
  const saved = new Map<string, SavedFilter>();
  let serial = 0;
  const find = (id: string): SavedFilter => {
    const filter = saved.get(id);
    if (filter === undefined) throw new Refusal(404, company.config.current().notFoundCode, `Filter ${id} not found`);
    return filter;
  };
  const show = (id: string, { name, addedAt, conditions }: SavedFilter): Wire => ({
    id: Number(id),
    name,
    active_flag: true,
    type: "activity",
    temporary_flag: null,
    user_id: company.me(),
    add_time: toPlainTime(addedAt),
    update_time: toPlainTime(addedAt),
    visible_to: 1,
    custom_view_id: null,
    conditions,
  });
  const create = route("POST", "/v1/filters", { cost: 10, scopes: [] }, (call) => {
    if (!company.config.current().activityFilter) throw badRequest("Bad request: conditions on this field do not work");
    const { name, conditions } = parseV1(call, filterBody);
    serial += 1;
    saved.set(String(serial), { name, conditions, addedAt: company.clock.now() });
    return toData({ id: serial });
  });
  const list = route("GET", "/v1/filters", { cost: 20, scopes: [] }, ({ request: { query } }) => {
    const type = query.get("type") ?? "activity";
    return toData(type === "activity" ? [...saved].map(([id, filter]) => show(id, filter)) : []);
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
  return {
    routes: [create, list, read, remove],
    find: (id) => {
      const { conditions: groups } = find(id).conditions;
      return (record) => groups.every((one) => holds(one, record));
    },
    clear: () => {
      saved.clear();
      serial = 0;
    },
  };
}

function holds({ glue, conditions }: Groups[number], { fields }: CompanyRecord): boolean {
  if (conditions.length === 0) return true;
  const test = ({ field_id: field, value }: Groups[number]["conditions"][number]): boolean => {
    const held = fields[String(field)];
    return typeof held === "string" && held.toLowerCase().includes(value.toLowerCase());
  };
  return glue === "and" ? conditions.every(test) : conditions.some(test);
}
