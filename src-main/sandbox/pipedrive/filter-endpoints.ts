import { z } from "zod";
import { parseV1, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
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
type Groups = z.infer<typeof filterBody>["conditions"]["conditions"];

export function createSavedFilters(company: Company): SavedFilters {
  const saved = new Map<string, Groups>();
  const create = route("POST", "/v1/filters", { cost: 10, scopes: [] }, (call) => {
    if (!company.config.current().activityFilter) throw badRequest("Bad request: conditions on this field do not work");
    const { conditions } = parseV1(call, filterBody);
    const id = String(saved.size + 1);
    saved.set(id, conditions.conditions);
    return toData({ id: Number(id) });
  });
  return {
    routes: [create],
    find: (id) => {
      const groups = saved.get(id);
      if (groups === undefined) throw new Refusal(404, company.config.current().notFoundCode, `Filter ${id} not found`);
      return (record) => groups.every((one) => holds(one, record));
    },
    clear: () => saved.clear(),
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
