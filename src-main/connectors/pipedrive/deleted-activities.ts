import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { readMarkers } from "./marker.ts";
import { costs, oldPath, pageMax, toOldTime } from "./wire.ts";

const recents = z.looseObject({
  success: z.literal(true),
  data: z
    .array(
      z.looseObject({
        id: z.number(),
        data: z
          .looseObject({
            active_flag: z.boolean().optional().catch(undefined),
            note: z.string().nullish().catch(null),
          })
          .nullish()
          .catch(null),
      }),
    )
    .nullish(),
  additional_data: z
    .looseObject({
      pagination: z
        .looseObject({ more_items_in_collection: z.boolean(), next_start: z.number().optional() })
        .optional()
        .catch(undefined),
    })
    .nullish(),
});

/**
 * Ids of deleted calls by key, of those changed since a server time. Lists leave deleted records out; the list of recent
 * changes shows them in most accounts. Where it may not be read, nothing is known of deleted calls.
 */
export async function findDeleted(
  client: Client,
  session: CrmSession,
  keys: ReadonlySet<string>,
  sinceMs: number,
): Promise<Outcome<ReadonlyMap<string, string>, ConnectorFault>> {
  const found = new Map<string, string>();
  let start: number | null = 0;
  while (start !== null && found.size < keys.size) {
    const reply: Awaited<ReturnType<typeof readPage>> = await readPage(client, session, sinceMs, start);
    if (!reply.ok) {
      const { fault } = reply.fault;
      const isUnavailable =
        fault.kind === "rejected" ||
        (fault.kind === "blocked" && ["permission_denied", "our_bug"].includes(fault.reason));
      return isUnavailable ? { ok: true, value: found } : { ok: false, fault };
    }
    const { data, additional_data: more } = reply.value.value;
    for (const [key, id] of readGone(data ?? [])) if (keys.has(key) && !found.has(key)) found.set(key, id);
    const next: number | undefined =
      more?.pagination?.more_items_in_collection === true ? more.pagination.next_start : undefined;
    start = next === undefined || next <= start ? null : next;
  }
  return { ok: true, value: found };
}

type Items = NonNullable<z.infer<typeof recents>["data"]>;

/** Keys and ids of those that carry the mark of deletion. */
const readGone = (items: Items): readonly (readonly [string, string])[] =>
  items
    .filter(({ data }) => data?.active_flag === false)
    .flatMap(({ id, data }) => readMarkers(data?.note).map((key) => [key, String(id)] as const));

function readPage(client: Client, session: CrmSession, sinceMs: number, start: number) {
  const query = new URLSearchParams({
    since_timestamp: toOldTime(sinceMs),
    items: "activity",
    start: String(start),
    limit: String(pageMax),
  });
  return client.call(session, {
    method: "GET",
    path: `${oldPath("recents")}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: recents,
    cost: costs.oldList,
  });
}
