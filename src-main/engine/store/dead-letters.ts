import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { DeadGroup } from "../ports/report-store.ts";

type GroupRow = Readonly<{
  integrationId: number;
  tenant: string;
  crm: CrmType;
  reason: Reason;
  causeKey: string | null;
  count: number;
  firstAt: number;
  lastAt: number;
}>;

const detailLimit = 500;

/** The same for the same cause, today and next year: people copy it into commands. */
export function toGroupId({
  integrationId,
  reason,
  causeKey,
}: Pick<GroupRow, "integrationId" | "reason" | "causeKey">): string {
  const cause = createHash("sha256")
    .update(causeKey ?? "")
    .digest("hex")
    .slice(0, 8);
  return `${integrationId}-${reason}-${cause}`;
}

/** The sync puts the reason in front of the cause; people see it beside it. */
function toCause({ reason, causeKey }: GroupRow): string | null {
  if (causeKey === null || causeKey === reason) return null;
  const ofPerson = `person:${reason}`;
  if (causeKey === ofPerson) return "a new person";
  if (causeKey.startsWith(`${ofPerson}:`)) return `${causeKey.slice(ofPerson.length + 1)} of a new person`;
  return causeKey.startsWith(`${reason}:`) ? causeKey.slice(reason.length + 1) : causeKey;
}

/** Dead letters by cause. */
export type DeadLetters = Readonly<{
  groups(): readonly DeadGroup[];
  /** The same as they are stored, without what the CRM said. */
  keys(): readonly Readonly<Pick<GroupRow, "integrationId" | "reason" | "causeKey" | "count" | "lastAt">>[];
  /** Delivery ids of a group, newest first, or of the one dead delivery with this id. */
  idsOf(groupOrId: string, limit: number): readonly number[];
  /** The same of what was acknowledged since a moment (epoch ms), so that it can be taken back. */
  acknowledgedSince(groupOrId: string, since: number, limit: number): readonly number[];
}>;

export function createDeadLetters(db: Database): DeadLetters {
  const groups = db.prepare<[], GroupRow>(`
    SELECT d.integration_id AS integrationId, t.slug AS tenant, i.crm, d.reason, d.cause_key AS causeKey,
      count(*) AS count, min(d.state_since) AS firstAt, max(d.state_since) AS lastAt
    FROM delivery d JOIN integration i ON i.id = d.integration_id JOIN tenant t ON t.id = i.tenant_id
    WHERE d.state = 'dead' GROUP BY d.integration_id, d.reason, d.cause_key ORDER BY lastAt DESC`);
  const newest = `FROM delivery WHERE state = 'dead' AND integration_id = @integrationId AND reason = @reason
    AND cause_key IS @causeKey ORDER BY state_since DESC, id DESC LIMIT @limit`;
  type Ask = [Pick<GroupRow, "integrationId" | "reason" | "causeKey"> & Readonly<{ limit: number }>];
  const details = db.prepare<Ask, string | null>(`SELECT detail ${newest}`).pluck();
  const ids = db.prepare<Ask, number>(`SELECT id ${newest}`).pluck();
  const one = db.prepare<[number], number>("SELECT id FROM delivery WHERE id = ? AND state = 'dead'").pluck();

  type AckRow = Pick<GroupRow, "integrationId" | "reason" | "causeKey"> & Readonly<{ id: number }>;
  const acknowledged = db.prepare<[number], AckRow>(`
    SELECT id, integration_id AS integrationId, reason, cause_key AS causeKey FROM delivery
    WHERE state = 'acknowledged' AND state_since >= ? ORDER BY state_since DESC, id DESC`);

  const askOf = ({ integrationId, reason, causeKey }: GroupRow, limit: number): Ask[0] => ({
    integrationId,
    reason,
    causeKey,
    limit,
  });

  return {
    keys: () => groups.all(),
    groups: () =>
      groups.all().map((row) => {
        const { integrationId, tenant, crm, reason, count, firstAt, lastAt } = row;
        const detail = (details.get(askOf(row, 1)) ?? "").slice(0, detailLimit);
        return {
          id: toGroupId(row),
          integrationId,
          tenant,
          crm,
          reason,
          cause: toCause(row),
          detail,
          count,
          firstAt,
          lastAt,
        };
      }),
    idsOf(groupOrId, limit) {
      if (/^\d+$/.test(groupOrId)) return one.all(Number(groupOrId));
      const group = groups.all().find((row) => toGroupId(row) === groupOrId);
      return group === undefined ? [] : ids.all(askOf(group, limit));
    },
    acknowledgedSince(groupOrId, since, limit) {
      const isMeant = /^\d+$/.test(groupOrId)
        ? ({ id }: AckRow) => id === Number(groupOrId)
        : (row: AckRow) => toGroupId(row) === groupOrId;
      return acknowledged
        .all(since)
        .filter(isMeant)
        .slice(0, limit)
        .map(({ id }) => id);
    },
  };
}
