import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, WriteItem } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { costs, oldPath } from "./wire.ts";

const prefix = "callLog.";
/** Fields of the contract that go into the call log of an activity. */
export const isCallLogField = (field: string): boolean => field.startsWith(prefix);

const required = ["outcome", "to_phone_number", "start_time", "end_time"];
const log = z.looseObject({ id: z.string(), activity_id: z.number().nullish().catch(null) });
const logAnswer = z.looseObject({ success: z.literal(true), data: log });
const logPage = z.looseObject({
  success: z.literal(true),
  data: z.array(log).nullish(),
  additional_data: z
    .looseObject({
      pagination: z
        .looseObject({ more_items_in_collection: z.boolean(), next_start: z.number().optional() })
        .optional()
        .catch(undefined),
    })
    .nullish(),
});

/** How far back a log is looked for: pages of fifty. The order of the list is not documented. */
const pagesMax = 4;
const logsPerPage = 50;

/**
 * The vendor's richer widget of a call: it turns the activity into a call log. Ids are the vendor's and nothing refuses a
 * second log of one activity, so it is looked for before it is written once more. It is an extra: where the account or
 * the token may not write it, the activity stands alone.
 */
export type CallLogs = Readonly<{
  /** From now on the key's activity has no call log yet. */
  expect(key: string): void;
  owes(key: string): boolean;
  /** Null: it is there, or there will never be one. */
  write(session: CrmSession, item: WriteItem, activityId: string): Promise<ConnectorFault | null>;
}>;

type Body = Readonly<Record<string, string | number>>;

function toBody(item: WriteItem, activityId: string): Body | undefined {
  const fields = Object.fromEntries(
    Object.entries(item.body ?? {}).flatMap(([field, text]) =>
      isCallLogField(field) && text !== "" ? [[field.slice(prefix.length), text] as const] : [],
    ),
  );
  return required.every((name) => Object.hasOwn(fields, name))
    ? { ...fields, activity_id: Number(activityId) }
    : undefined;
}

/** Refusals that hold for every call log: they end the extra, not the call. */
const isUnavailable = (fault: ConnectorFault, status: number | null): boolean =>
  (fault.kind === "rejected" || fault.kind === "blocked") && [402, 403, 404, 405, 410].includes(status ?? 0);

export function createCallLogs(client: Client): CallLogs {
  const owed = new Set<string>();
  const tried = new Set<string>();
  let isAvailable = true;

  const post = async (session: CrmSession, item: WriteItem, body: Body): Promise<ConnectorFault | null> => {
    tried.add(item.key);
    const reply = await client.call(session, {
      method: "POST",
      path: oldPath("callLogs"),
      body,
      kind: "write",
      subject: "create",
      schema: logAnswer,
      cost: costs.oldWrite,
      intents: [{ key: item.key, step: "call_log" }],
    });
    if (reply.ok) return null;
    const { fault, status } = reply.fault;
    if (!isUnavailable(fault, status)) return fault;
    isAvailable = false;
    return null;
  };
  const settle = (key: string): null => {
    owed.delete(key);
    tried.delete(key);
    return null;
  };
  return {
    expect: (key) => void owed.add(key),
    owes: (key) => owed.has(key),
    write: async (session, item, activityId) => {
      const body = isAvailable ? toBody(item, activityId) : undefined;
      if (body === undefined) return settle(item.key);
      if (tried.has(item.key)) {
        const there = await hasLog(client, session, Number(activityId));
        if (!there.ok) return there.fault;
        if (there.value) return settle(item.key);
      }
      const fault = await post(session, item, body);
      if (fault === null) return settle(item.key);
      if (fault.kind !== "response_lost") return fault;
      const there = await hasLog(client, session, Number(activityId));
      return there.ok && there.value ? settle(item.key) : fault;
    },
  };
}

/** Whether one of our own latest call logs belongs to this activity. */
async function hasLog(
  client: Client,
  session: CrmSession,
  activityId: number,
): Promise<Outcome<boolean, ConnectorFault>> {
  let start = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = new URLSearchParams({ start: String(start), limit: String(logsPerPage) });
    const reply = await client.call(session, {
      method: "GET",
      path: `${oldPath("callLogs")}?${query.toString()}`,
      kind: "read",
      subject: "other",
      schema: logPage,
      cost: costs.oldList,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { data, additional_data: more } = reply.value.value;
    if ((data ?? []).some((one) => one.activity_id === activityId)) return { ok: true, value: true };
    const next = more?.pagination?.more_items_in_collection === true ? more.pagination.next_start : undefined;
    if (next === undefined || next <= start) break;
    start = next;
  }
  return { ok: true, value: false };
}
