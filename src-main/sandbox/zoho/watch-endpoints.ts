import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { moduleFacts, toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { invalidData, Refusal, toErrorBody } from "./refusal.ts";
import { listParam, parseBody, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { parseZohoTime, toZohoTime } from "./zoho-record.ts";

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
const operations: ReadonlySet<string> = new Set(["create", "edit", "delete", "all"]);

const channelInput = z.looseObject({
  channel_id: z.union([z.string(), z.number()]).transform(String),
  events: z.array(z.string()).min(1).optional(),
  channel_expiry: z.string().optional(),
  token: z.string().max(50).optional(),
  notify_url: z.string().optional(),
  notify_on_related_action: z.boolean().optional(),
  _delete_events: z.boolean().optional(),
});
type ChannelInput = z.output<typeof channelInput>;
const watchBody = z.looseObject({ watch: z.array(channelInput).min(1) });

type Channel = {
  readonly id: string;
  /** `Contacts.edit` and the like. */
  readonly events: readonly string[];
  readonly expiresAt: number;
  readonly token: string | null;
  readonly url: string;
  readonly tellsRelated: boolean;
};

export type Watches = { readonly routes: readonly ZohoRoute[]; readonly clear: () => void };

/** Subscriptions to changes: kept and listed until they expire. Nobody is called back, as no address outside is ever asked. */
export function createWatches(org: Org): Watches {
  const channels = new Map<string, Channel>();
  const live = (): readonly Channel[] => [...channels.values()].filter(({ expiresAt }) => org.clock.now() < expiresAt);
  const require = (id: string): Channel => {
    const found = live().find((channel) => channel.id === id);
    if (found === undefined) throw invalidData({ api_name: "channel_id" }, "the channel_id given seems to be invalid");
    return found;
  };
  const enable = (given: ChannelInput): Answered => {
    if (given.events === undefined || given.notify_url === undefined)
      throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", {
        api_name: given.events === undefined ? "events" : "notify_url",
      });
    return keep(
      toChannel(org, given, { events: [], token: null, url: "", tellsRelated: true }),
      "Successfully subscribed for actions-watch of the given module",
    );
  };
  const update = (given: ChannelInput): Answered =>
    keep(toChannel(org, given, require(given.channel_id)), "Successfully updated the channel");
  const patch = (given: ChannelInput): Answered => {
    const before = require(given.channel_id);
    const { _delete_events: givesUp } = given;
    if (givesUp !== true) return update(given);
    const left = before.events.filter((event) => !(given.events ?? []).includes(event));
    if (left.length > 0) channels.set(before.id, { ...before, events: left });
    else channels.delete(before.id);
    return answered(org, before, given.events ?? [], "Successfully removed the subscription of the given events");
  };
  const keep = (channel: Channel, message: string): Answered => {
    channels.set(channel.id, channel);
    return answered(org, channel, channel.events, message);
  };
  const disable = (call: ZohoCall): SandboxAnswer => {
    const ids = listParam(call, "channel_ids");
    if (ids === undefined)
      throw new Refusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {
        param_name: "channel_ids",
      });
    return answerEach(ids, 200, (id) => {
      const channel = require(id);
      channels.delete(id);
      return answered(
        org,
        channel,
        channel.events,
        "Successfully un-subscribed the actions-watch of the given channel",
      );
    });
  };
  const read = (call: ZohoCall): SandboxAnswer => {
    const id = call.request.query.get("channel_id");
    const found = live().filter((channel) => id === null || channel.id === id);
    if (found.length === 0) return toEmptyAnswer(204);
    const rows = found.flatMap((channel) => channel.events.map((event) => toWireRow(org, channel, event)));
    return toJsonAnswer(200, {
      watch: rows,
      info: { per_page: 200, count: rows.length, page: 1, more_records: false },
    });
  };
  const at = "/crm/:version/actions/watch";
  const scope = (operation: string): readonly string[] => [`ZohoCRM.notifications.${operation}`];
  const write = (call: ZohoCall, status: 200 | 201, work: (given: ChannelInput) => Answered): SandboxAnswer =>
    answerEach(parseBody(call, watchBody).watch, status, work);
  return {
    routes: [
      route("POST", at, scope("CREATE"), (call) => write(call, 201, enable)),
      route("GET", at, scope("READ"), read),
      route("PUT", at, scope("UPDATE"), (call) => write(call, 200, update)),
      route("PATCH", at, scope("UPDATE"), (call) => write(call, 200, patch)),
      route("DELETE", at, scope("DELETE"), disable),
    ],
    clear: () => channels.clear(),
  };
}

type Answered = { readonly message: string; readonly details: object };

/** Throws a `Refusal` for events and times that the CRM does not take. */
function toChannel(org: Org, given: ChannelInput, before: Omit<Channel, "id" | "expiresAt">): Channel {
  const now = org.clock.now();
  for (const event of given.events ?? []) toEvent(event);
  const asked = given.channel_expiry === undefined ? now + hourMs : parseZohoTime(given.channel_expiry);
  if (asked === undefined || asked <= now || asked > now + weekMs)
    throw invalidData({ api_name: "channel_expiry", expected_data_type: "datetime" });
  const url = given.notify_url ?? before.url;
  if (!/^https?:\/\/[^\s/]+/.test(url)) throw invalidData({ api_name: "notify_url", expected_data_type: "url" });
  return {
    id: given.channel_id,
    events: given.events ?? before.events,
    expiresAt: asked,
    token: given.token ?? before.token,
    url,
    tellsRelated: given.notify_on_related_action ?? before.tellsRelated,
  };
}

function toEvent(event: string): { readonly module: ModuleName; readonly operation: string } {
  const [name = "", operation = ""] = event.split(".");
  const module = toModuleName(name);
  if (module === undefined || !operations.has(operation)) throw invalidData({ api_name: "events", value: event });
  return { module, operation };
}

function toWireEvent(org: Org, { id, expiresAt }: Channel, event: string): object {
  const { module } = toEvent(event);
  return {
    channel_id: id,
    channel_expiry: toZohoTime(expiresAt, org.config.current().orgTimeZone),
    resource_id: moduleFacts(module).id,
    resource_name: module,
    resource_uri: `/crm/v8/${module}`,
  };
}

function toWireRow(org: Org, channel: Channel, event: string): object {
  return {
    ...toWireEvent(org, channel, event),
    events: [event],
    token: channel.token,
    notify_url: channel.url,
    notify_on_related_action: channel.tellsRelated,
    fields: null,
    notification_condition: null,
  };
}

function answered(org: Org, channel: Channel, events: readonly string[], message: string): Answered {
  return { message, details: { events: events.map((event) => toWireEvent(org, channel, event)) } };
}

function answerEach<T>(given: readonly T[], goodStatus: 200 | 201, work: (each: T) => Answered): SandboxAnswer {
  const results = given.map((each) => {
    try {
      return { code: "SUCCESS", ...work(each), status: "success" };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toErrorBody(error);
    }
  });
  const good = results.filter(({ status }) => status === "success").length;
  return toJsonAnswer(good === results.length ? goodStatus : good === 0 ? 400 : 207, { watch: results });
}
