import type { SandboxAnswer } from "../core/message.ts";
import { objectParam, ok, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { toDateTime } from "./org-record.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";

const dayMs = 86_400_000;

/** What was deleted or changed within a span of time. */
export function changeRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/sobjects/:object/deleted", (call) => listDeleted(org, call)),
    route("GET", "/sobjects/:object/updated", (call) => listUpdated(org, call)),
  ];
}

type Span = { readonly start: number; readonly end: number };

function listDeleted(org: Org, call: OrgCall): SandboxAnswer {
  const object = objectParam(org, call);
  const { start, end } = readSpan(org, call, 15);
  const deletedRecords = org.records
    .deletions(object)
    .filter(({ at }) => at >= start && at <= end)
    .map(({ id, at }) => ({ id, deletedDate: toDateTime(at) }));
  return ok({
    deletedRecords,
    earliestDateAvailable: toDateTime(org.clock.now() - 15 * dayMs),
    latestDateCovered: toDateTime(end),
  });
}

function listUpdated(org: Org, call: OrgCall): SandboxAnswer {
  const object = objectParam(org, call);
  const { start, end } = readSpan(org, call, 30);
  const ids: string[] = [];
  for (const record of org.records.readView(object).iterate()) {
    const { modifiedAt, deletedAt, id } = record;
    if (deletedAt === undefined && modifiedAt >= start && modifiedAt <= end && org.records.isVisible(record))
      ids.push(id);
  }
  return ok({ ids, latestDateCovered: toDateTime(end) });
}

function readSpan(org: Org, { request }: OrgCall, maxDays: number): Span {
  const read = (name: string): number => {
    const at = Date.parse((request.query.get(name) ?? "").replace(/ (\d{2}:?\d{2})$/, "+$1"));
    if (Number.isNaN(at)) throw new Refusal(400, "INVALID_REPLICATION_DATE", `${name}: not an ISO 8601 time`);
    return at;
  };
  const start = read("start");
  const end = Math.min(read("end"), org.clock.now());
  if (start < org.clock.now() - maxDays * dayMs)
    throw new Refusal(
      400,
      "INVALID_REPLICATION_DATE",
      `startDate before org replication enablement date or ${maxDays} days ago`,
    );
  if (end - start <= 60_000)
    throw new Refusal(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate");
  return { start, end };
}
