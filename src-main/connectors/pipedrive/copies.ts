import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { listActivities, type ListPage } from "./activity-list.ts";
import type { Client } from "./client.ts";
import { readMarkers } from "./marker.ts";

/** Clocks differ, and a record is changed no earlier than it is written. */
const marginMs = 60_000;

/** Nothing in Pipedrive refuses a second record with our key: one list of what was changed since tells them all. */
export async function listCopies(
  client: Client,
  session: CrmSession,
  keys: readonly string[],
  sinceMs: number,
): Promise<Outcome<ReadonlyMap<string, readonly string[]>, ConnectorFault>> {
  const idsByKey = new Map<string, Set<string>>(keys.map((key) => [key, new Set<string>()]));
  let cursor: string | null = null;
  do {
    const page: Outcome<ListPage, ConnectorFault> = await listActivities(client, session, {
      sinceMs: Math.max(0, sinceMs - marginMs),
      order: "id",
      cursor,
    });
    if (!page.ok) return page;
    for (const { id, note, is_deleted: isDeleted } of page.value.activities)
      if (isDeleted !== true) for (const key of readMarkers(note)) idsByKey.get(key)?.add(String(id));
    ({ cursor } = page.value);
  } while (cursor !== null);
  return { ok: true, value: new Map([...idsByKey].map(([key, ids]) => [key, [...ids]])) };
}
