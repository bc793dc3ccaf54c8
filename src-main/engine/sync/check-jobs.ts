import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { ProbeFinding } from "../ports/connector.ts";
import type { CheckItem, CrmCheck, CrmFinding } from "../ports/crm-checks.ts";
import type { DeliveryChange, DeliveryRow } from "../ports/delivery-store.ts";
import { auditOf } from "./delivery-audit.ts";
import { type DispatcherParts, type Job, keyOf } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";

const bulkLane = 3;
/** Written so long ago, a record has come, however late the CRM committed it, ms. */
const writtenAgeMs = 15 * 60_000;
/** A record that was not there is read once more after this, ms. */
const secondReadMs = 5_000;
/** Between tries that fail, longer each time in a row, ms; after so many the check ends and says why. */
const firstRestMs = 1_000;
const mostTroubles = 6;

type Look = Readonly<{ item: CheckItem; row: DeliveryRow; key: string }>;
type Findings = ReadonlyMap<string, ProbeFinding>;

/** Looks into the CRM that were asked for, page by page in the last lane: nothing of them keeps a call waiting. */
export function createCheckJobs(
  parts: DispatcherParts,
  health: IntegrationHealth,
): Readonly<{ next(): Job | null; isWanted(): boolean }> {
  const { clock, deliveries, connector, checks, integrationId } = parts;
  let isLooking = false;
  /** Monotonic ms. */
  let restUntil = 0;
  let troubles = 0;

  const due = (): CrmCheck | undefined => (clock.monotonic() < restUntil ? undefined : checks.open(integrationId)[0]);

  const session = () => parts.openSession(bulkLane, []);

  /** By key, with the ids that we know, so that vendors who find by id alone are asked by it. */
  function read(looks: readonly Look[], since: number) {
    const known = new Map(looks.flatMap(({ key, row }) => (row.remoteId === null ? [] : [[key, row.remoteId]])));
    const keys = looks.map(({ key }) => key);
    return connector.probe(session(), keys, since, known);
  }

  async function readBack(looks: readonly Look[]): Promise<Outcome<Findings, ConnectorFault>> {
    const since = looks.reduce((oldest, { row }) => Math.min(oldest, row.lastSentAt ?? oldest), parts.server.now());
    const first = await read(looks, since);
    if (!first.ok) return first;
    const missing = looks.filter(({ key }) => first.value.get(key)?.kind === "missing");
    if (missing.length === 0) return first;
    await clock.sleep(secondReadMs, parts.stopping);
    const second = await read(missing, since);
    return second.ok ? { ok: true, value: new Map([...first.value, ...second.value]) } : second;
  }

  /** Several records with one key; vendors of whom a read by key tells only one list them by a way of their own. */
  async function findCopies(looks: readonly Look[]): Promise<Outcome<Findings, ConnectorFault>> {
    const since = looks.reduce((oldest, { item }) => Math.min(oldest, item.writtenAt), parts.server.now());
    if (connector.copies === undefined) return read(looks, since);
    const keys = looks.map(({ key }) => key);
    const listed = await connector.copies(session(), keys, since);
    if (!listed.ok) return listed;
    const several = [...listed.value].filter(([, ids]) => ids.length > 1);
    const toFinding = ([key, remoteIds]: readonly [string, readonly string[]]) =>
      [key, { kind: "unclear", detail: remoteIds.join(", "), remoteIds } as const] as const;
    return { ok: true, value: new Map(several.map(toFinding)) };
  }

  async function look(check: CrmCheck): Promise<void> {
    const items = checks.items(check, connector.limits.probeKeys, parts.server.now() - writtenAgeMs);
    const last = items.at(-1);
    if (last === undefined) return checks.end(check.id, clock.now(), null);
    const looks = items.flatMap((item): readonly Look[] => {
      const row = deliveries.get(item.deliveryId);
      return row?.state === "delivered" ? [{ item, row, key: keyOf(row, connector) }] : [];
    });
    if (looks.length > 0) {
      const answer = await (check.kind === "read_back" ? readBack(looks) : findCopies(looks));
      if (!answer.ok) return suffer(check, answer.fault);
      store(check, last.place, looks, answer.value);
    } else checks.advance(check.id, { cursor: last.place, checked: 0, findings: [] }, () => undefined);
    troubles = 0;
    health.succeed();
  }

  function store(check: CrmCheck, cursor: number, looks: readonly Look[], found: Findings): void {
    const name = crmNames[health.integration().crm];
    // What changed since the question was asked is somebody else's to settle.
    const stays = looks.filter(({ row }) => {
      const now = deliveries.get(row.id);
      return now?.state === "delivered" && now.wantedRevision === row.wantedRevision;
    });
    const findings = stays.flatMap(({ row, key }) => judge(check, row, found.get(key), name) ?? []);
    const gone = new Set(findings.flatMap(({ kind, deliveryId }) => (kind === "gone" ? [deliveryId] : [])));
    const changes = stays.flatMap(({ row }) => (gone.has(row.id) ? [vanish(row, name)] : []));
    checks.advance(check.id, { cursor, checked: stays.length, findings }, () => deliveries.apply(changes));
  }

  function vanish(row: DeliveryRow, name: string): DeliveryChange {
    const summary = `Read back: the call's record is no longer in ${name}. It is not written again.`;
    const said = { operation: "delivery.vanish", outcome: "failed", summary, reason: "record_deleted" } as const;
    return {
      id: row.id,
      events: ["vanish"],
      patch: { reason: "record_deleted", causeKey: "record_deleted", detail: summary },
      audit: [auditOf(row, health.integration(), clock.now(), said)],
    };
  }

  function suffer(check: CrmCheck, fault: ConnectorFault): void {
    if (fault.kind === "paced") {
      restUntil = clock.monotonic() + fault.waitMs;
      return;
    }
    troubles += 1;
    restUntil = clock.monotonic() + firstRestMs * 2 ** troubles;
    if (fault.kind === "blocked" || fault.kind === "rate_limited") health.react(fault, true);
    if (fault.kind !== "rejected" && fault.kind !== "blocked" && troubles < mostTroubles) return;
    troubles = 0;
    checks.end(check.id, clock.now(), fault.answer.message ?? fault.kind.replaceAll("_", " "));
  }

  return {
    isWanted: () => health.isOpen() && (isLooking || due() !== undefined),
    next: () => {
      if (isLooking) return null;
      const check = due();
      if (check === undefined) return null;
      isLooking = true;
      return () =>
        look(check).finally(() => {
          isLooking = false;
        });
    },
  };
}

/** What a look found wrong with a call, or null. */
function judge(
  check: Pick<CrmCheck, "kind">,
  row: DeliveryRow,
  found: ProbeFinding | undefined,
  name: string,
): CrmFinding | null {
  const told = (kind: CrmFinding["kind"], detail: string, remoteIds: readonly string[]): CrmFinding => ({
    deliveryId: row.id,
    kind,
    detail,
    remoteIds,
  });
  const ours = row.remoteId === null ? [] : [row.remoteId];
  switch (found?.kind) {
    case undefined:
      return null;
    case "unclear": {
      const ids = found.remoteIds ?? [];
      return ids.length > 1 ? told("copies", `${name} holds ${ids.length} records of this call.`, ids) : null;
    }
    case "missing":
    case "deleted":
      return check.kind === "copies" ? null : told("gone", `The record is no longer in ${name}.`, ours);
    case "found": {
      if (row.remoteId !== null && found.remoteId !== row.remoteId)
        return told("moved", `Another record of ${name} than ours carries the key.`, [row.remoteId, found.remoteId]);
      if (check.kind === "copies") return null;
      const edited = Object.entries(row.pushed).flatMap(([field, value]) => {
        const held = found.fields[field];
        return held === undefined || held === value ? [] : [field];
      });
      return edited.length === 0
        ? null
        : told("edited", `Holds something else than we wrote: ${edited.join(", ")}.`, [found.remoteId]);
    }
  }
}
