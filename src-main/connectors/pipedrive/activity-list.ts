import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { type Activity, activityPage } from "./activity.ts";
import type { Client } from "./client.ts";
import { apiPath, costs, pageMax, toQueryTime } from "./wire.ts";

export type ListAsk = Readonly<{
  /** Changed at or after this server time (epoch ms); null lists all. */
  sinceMs: number | null;
  order: "newest" | "id";
  /** A page that somebody left off at. */
  cursor: string | null;
}>;

/** Where a list goes on, or null at its end. */
export type ListPage = Readonly<{ activities: readonly Activity[]; cursor: string | null }>;

/** One page of activities: lists read the records themselves, searches lag (and know no activities at all). */
export async function listActivities(
  client: Client,
  session: CrmSession,
  { sinceMs, order, cursor }: ListAsk,
): Promise<Outcome<ListPage, ConnectorFault>> {
  const query = new URLSearchParams({
    ...(sinceMs === null ? {} : { updated_since: toQueryTime(sinceMs) }),
    sort_by: order === "newest" ? "add_time" : "id",
    sort_direction: order === "newest" ? "desc" : "asc",
    limit: String(pageMax),
    ...(cursor === null ? {} : { cursor }),
  });
  const reply = await client.call(session, {
    method: "GET",
    path: `${apiPath("activities")}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: activityPage,
    cost: costs.list,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const { data, additional_data: more } = reply.value.value;
  const next = more?.next_cursor ?? null;
  // A cursor that stands still would page for ever.
  return { ok: true, value: { activities: data, cursor: next === cursor || next === "" ? null : next } };
}
