import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { type HubspotRecord, record } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { objectsPath, searchCost } from "./wire.ts";

export type Filter = Readonly<{
  propertyName: string;
  operator: "EQ" | "IN" | "CONTAINS_TOKEN";
  value?: string;
  values?: readonly string[];
}>;
export type SearchAsk = Readonly<{ object: string; groups: readonly Filter[]; properties: readonly string[] }>;

/** HubSpot's own bounds: filter groups, characters of a body, records of a page, results of a query. */
export const maxGroups = 5;
export const maxBodyLength = 3_000;
const pageSize = 200;
const maxResults = 10_000;

const answer = z.looseObject({
  results: z.array(record),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).optional() }).optional(),
});

/** Filter groups are alternatives; each of ours holds one filter. */
export function toSearchBody({ groups, properties }: SearchAsk, after: string | null) {
  return {
    filterGroups: groups.map((filter) => ({ filters: [filter] })),
    properties,
    limit: pageSize,
    ...(after === null ? {} : { after }),
  };
}

export const fitsSearch = (ask: SearchAsk): boolean =>
  ask.groups.length <= maxGroups && JSON.stringify(toSearchBody(ask, "10000")).length <= maxBodyLength;

/** Every record that fits one of the filters. Eventually consistent: never asked whether a record exists, only for candidates. */
export async function searchAll(
  client: Client,
  session: CrmSession,
  ask: SearchAsk,
): Promise<Outcome<readonly HubspotRecord[], ConnectorFault>> {
  const found: HubspotRecord[] = [];
  let after: string | null = null;
  do {
    const reply = await searchPage(client, session, ask, after);
    if (!reply.ok) return reply;
    found.push(...reply.value.results);
    after = reply.value.paging?.next?.after ?? null;
  } while (after !== null && Number(after) < maxResults);
  return { ok: true, value: found };
}

async function searchPage(
  client: Client,
  session: CrmSession,
  ask: SearchAsk,
  after: string | null,
): Promise<Outcome<z.infer<typeof answer>, ConnectorFault>> {
  const reply = await client.call(session, {
    method: "POST",
    path: objectsPath(ask.object, "/search"),
    body: toSearchBody(ask, after),
    cost: searchCost,
    kind: "read",
    subject: "search",
    schema: answer,
  });
  return reply.ok ? { ok: true, value: reply.value.value } : { ok: false, fault: reply.fault.fault };
}
