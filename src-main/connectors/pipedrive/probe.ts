import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, ProbeFinding } from "../../engine/ports/connector.ts";
import { type Activity, activityAnswer, activityPage, readTime, toHeldFields } from "./activity.ts";
import { listActivities, type ListPage } from "./activity-list.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import { findDeleted } from "./deleted-activities.ts";
import type { KeyMap } from "./key-map.ts";
import { apiPath, costs, idsMax, segment } from "./wire.ts";

export type ProbeParts = Readonly<{
  client: Client;
  company: Company;
  contract: OwnershipContract;
  keyMap: KeyMap;
}>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type Findings = Map<string, ProbeFinding>;

/** The server's clock is known to the second, and the send was stamped before it left. */
const marginMs = 60_000;

/**
 * Reads calls by our key. Those whose id is known (to us, or to the caller from before) are read by id; the others are looked for in one list of what was
 * added since the oldest send (never in the search, which lags and knows no activities); what is still missing is looked
 * for among the deleted ones, so that a call that somebody deleted is not written again.
 */
export async function probe(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
  sinceMs: number,
  known: ReadonlyMap<string, string> = new Map(),
): Result<ReadonlyMap<string, ProbeFinding>> {
  for (const [key, id] of known) if (parts.keyMap.find(key) === undefined) parts.keyMap.learn(key, id);
  const identity = await parts.company.verify(session);
  if (!identity.ok) return identity;
  const findings: Findings = new Map();
  const unread = await readKnown(parts, session, keys, findings);
  if (unread !== null) return { ok: false, fault: unread };
  const listed = await readListed(parts, session, { keys, sinceMs, userId: identity.value.userId }, findings);
  if (listed !== null) return { ok: false, fault: listed };
  const missing = new Set(keys.filter((key) => !findings.has(key)));
  if (missing.size === 0) return { ok: true, value: findings };
  const deleted = await findDeleted(parts.client, session, missing, Math.max(0, sinceMs - marginMs));
  if (!deleted.ok) return deleted;
  for (const key of missing) {
    const remoteId = deleted.value.get(key);
    findings.set(key, remoteId === undefined ? { kind: "missing" } : { kind: "deleted", remoteId });
  }
  return { ok: true, value: findings };
}

const toFound = ({ contract }: ProbeParts, found: Activity): ProbeFinding => ({
  kind: "found",
  remoteId: String(found.id),
  fields: toHeldFields(contract, found),
  lastEdit: { at: readTime(found.update_time) ?? null, by: null },
});

/** By id, a hundred at once; what such a read leaves out is asked for alone, since it may only be deleted. */
async function readKnown(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
  findings: Findings,
): Promise<ConnectorFault | null> {
  const wanted = keys.flatMap((key) => {
    const id = parts.keyMap.find(key);
    return id === undefined ? [] : [{ key, id }];
  });
  for (let from = 0; from < wanted.length; from += idsMax) {
    const asked = wanted.slice(from, from + idsMax);
    const page = await readByIds(
      parts.client,
      session,
      asked.map(({ id }) => id),
    );
    if (!page.ok) return page.fault;
    const byId = new Map(page.value.map((found) => [String(found.id), found]));
    for (const { key, id } of asked) {
      const found = byId.get(id);
      const finding: Outcome<ProbeFinding, ConnectorFault> =
        found !== undefined && found.is_deleted !== true
          ? { ok: true, value: toFound(parts, found) }
          : await readOne(parts, session, id);
      if (!finding.ok) return finding.fault;
      findings.set(key, finding.value);
    }
  }
  return null;
}

async function readByIds(client: Client, session: CrmSession, ids: readonly string[]): Result<readonly Activity[]> {
  const query = new URLSearchParams({ ids: ids.join(","), limit: String(idsMax) });
  const reply = await client.call(session, {
    method: "GET",
    path: `${apiPath("activities")}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: activityPage,
    cost: costs.list,
  });
  return reply.ok ? { ok: true, value: reply.value.value.data } : { ok: false, fault: reply.fault.fault };
}

/** A deleted record is shown with its mark, or is not found; either way it is not there any more. */
async function readOne(parts: ProbeParts, session: CrmSession, id: string): Result<ProbeFinding> {
  const read = await readActivity(parts.client, session, id);
  if (read.ok && read.value.is_deleted !== true) return { ok: true, value: toFound(parts, read.value) };
  if (!read.ok && !(read.fault.kind === "rejected" && read.fault.reason === "record_deleted")) return read;
  return { ok: true, value: { kind: "deleted", remoteId: id } };
}

/** One activity by its id. */
export async function readActivity(client: Client, session: CrmSession, id: string): Result<Activity> {
  const reply = await client.call(session, {
    method: "GET",
    path: apiPath(`activities/${segment(id)}`),
    kind: "read",
    subject: "call",
    schema: activityAnswer,
    cost: costs.readOne,
  });
  return reply.ok ? { ok: true, value: reply.value.value.data } : { ok: false, fault: reply.fault.fault };
}

type ListAsk = Readonly<{ keys: readonly string[]; sinceMs: number; userId: number }>;

/** Newest first, until every key is found or nothing older can be ours. */
async function readListed(
  parts: ProbeParts,
  session: CrmSession,
  { keys, sinceMs, userId }: ListAsk,
  findings: Findings,
): Promise<ConnectorFault | null> {
  const left = (): readonly string[] => keys.filter((key) => !findings.has(key));
  const from = sinceMs > marginMs ? sinceMs - marginMs : null;
  const byId = new Map<string, Activity>();
  let cursor: string | null = null;
  let isEnd = left().length === 0;
  while (!isEnd) {
    const page: Outcome<ListPage, ConnectorFault> = await listActivities(parts.client, session, {
      sinceMs: from,
      order: "newest",
      cursor,
    });
    if (!page.ok) return page.fault;
    const { activities } = page.value;
    parts.keyMap.learnAll(activities, userId);
    for (const found of activities) byId.set(String(found.id), found);
    ({ cursor } = page.value);
    const oldest = readTime(activities.at(-1)?.add_time);
    const isPast = from !== null && oldest !== undefined && oldest < from;
    const isFound = left().every((key) => byId.has(parts.keyMap.find(key) ?? ""));
    isEnd = cursor === null || isPast || isFound;
  }
  for (const key of left()) {
    const found = byId.get(parts.keyMap.find(key) ?? "");
    if (found !== undefined) findings.set(key, toFound(parts, found));
  }
  return null;
}
