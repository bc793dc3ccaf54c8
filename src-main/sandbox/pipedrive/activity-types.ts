import { z } from "zod";
import { notFound, param, parseV1, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { toPlainTime } from "./company-record.ts";
import type { ConfigSource, PipedriveConfig } from "./configuration.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest } from "./refusal.ts";

export type ActivityType = PipedriveConfig["activityTypes"][number] & {
  readonly icon_key?: string | undefined;
  readonly color?: string | undefined;
  readonly order_nr?: number | undefined;
  readonly isOwn?: boolean;
  readonly changedAt?: number;
};

/** Kinds of activity: those of the configuration, and those that the API made or changed since. */
export type ActivityTypes = {
  readonly list: () => readonly ActivityType[];
  readonly put: (type: ActivityType) => void;
  readonly clear: () => void;
};

export function createActivityTypes(config: ConfigSource): ActivityTypes {
  const changed = new Map<number, ActivityType>();
  config.onChange((keys) => {
    if (keys.has("activityTypes")) changed.clear();
  });
  return {
    list: () => {
      const configured = config.current().activityTypes;
      const added = [...changed.values()].filter(({ id }) => !configured.some((type) => type.id === id));
      return [...configured.map((type) => changed.get(type.id) ?? type), ...added];
    },
    put: (type) => void changed.set(type.id, type),
    clear: () => changed.clear(),
  };
}

const change = z.looseObject({
  name: z.string().min(1).optional(),
  icon_key: z.string().min(1).optional(),
  color: z
    .string()
    .regex(/^[0-9A-Fa-f]{6}$/)
    .optional(),
  order_nr: z.int().optional(),
});
const create = change.extend({ name: z.string().min(1), icon_key: z.string().min(1) });

export function activityTypeRoutes(company: Company): readonly ApiRoute[] {
  const { activityTypes, clock } = company;
  const at = "/v1/activityTypes";
  const write = ["admin"];
  const find = (call: ApiCall): ActivityType => {
    const found = activityTypes.list().find(({ id }) => String(id) === param(call, "id"));
    if (found === undefined) throw notFound(company);
    return found;
  };
  const save = (type: ActivityType) => {
    const kept = { ...type, changedAt: clock.now() };
    activityTypes.put(kept);
    return toData(toWire(kept));
  };
  return [
    route("GET", at, { cost: 20, scopes: ["activities:read", "admin", "base"] }, () =>
      toData(activityTypes.list().map(toWire)),
    ),
    route("POST", at, { cost: 10, scopes: write }, (call) => {
      const { name, icon_key, color } = parseV1(call, create);
      const known = activityTypes.list();
      const key = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
      if (known.some((type) => type.key_string === key || type.name === name))
        throw badRequest(`Bad request: an activity type ${name} exists already`);
      const id = Math.max(0, ...known.map((type) => type.id)) + 1;
      return save({ id, name, key_string: key, active_flag: true, icon_key, color, isOwn: true });
    }),
    route("PUT", `${at}/:id`, { cost: 10, scopes: write }, (call) => {
      const type = find(call);
      const { name, icon_key, color, order_nr } = parseV1(call, change);
      return save({
        ...type,
        name: name ?? type.name,
        icon_key: icon_key ?? type.icon_key,
        color: color ?? type.color,
        order_nr: order_nr ?? type.order_nr,
      });
    }),
    // What is deleted stays in the list, and takes no new activities.
    route("DELETE", `${at}/:id`, { cost: 6, scopes: write }, (call) => save({ ...find(call), active_flag: false })),
  ];
}

const since = "2024-01-01 00:00:00";

function toWire({ isOwn = false, changedAt, ...type }: ActivityType): Wire {
  return {
    ...type,
    order_nr: type.order_nr ?? type.id,
    icon_key: type.icon_key ?? type.key_string,
    color: type.color ?? "FFFFFF",
    is_custom_flag: isOwn,
    add_time: since,
    update_time: changedAt === undefined ? since : toPlainTime(changedAt),
  };
}
