import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import type { Subject } from "./faults.ts";
import { queryPath } from "./wire.ts";

export const queriedRecord = z.looseObject({ Id: z.string() });
export type QueriedRecord = Readonly<z.infer<typeof queriedRecord>>;

export const queryPage = z.looseObject({
  done: z.boolean(),
  nextRecordsUrl: z.string().startsWith("/services/data/").optional().nullable(),
  records: z.array(queriedRecord),
});

/** Pages that one look-up reads at most: 2,000 records each. */
const maxPages = 50;

/** All records of a query, page by page; the database answers, never the search index. */
export async function queryAllPages(
  client: Client,
  session: CrmSession,
  ask: Readonly<{ soql: string; scope?: "query" | "queryAll"; subject?: Subject }>,
): Promise<Outcome<readonly QueriedRecord[], Refusal>> {
  const records: QueriedRecord[] = [];
  let path: string | null = queryPath(ask.soql, ask.scope);
  for (let page = 0; path !== null && page < maxPages; page += 1) {
    const reply: Awaited<ReturnType<typeof readPage>> = await readPage(client, session, path, ask.subject ?? "query");
    if (!reply.ok) return reply;
    const { done, nextRecordsUrl, records: found } = reply.value.value;
    records.push(...found);
    path = done ? null : (nextRecordsUrl ?? null);
  }
  return { ok: true, value: records };
}

const readPage = (client: Client, session: CrmSession, path: string, subject: Subject) =>
  client.call(session, { method: "GET", path, kind: "read", subject, schema: queryPage });

/** A text of a record, or null where it holds none. */
export function textOf(record: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = Object.hasOwn(record, field) ? record[field] : null;
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
