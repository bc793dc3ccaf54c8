import { healingOf, trialDelay } from "../../../src-shared/domain/dead-run.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { EngineEvent } from "../../../src-shared/ipc/events.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeadRunStore, GroupKey, GroupTrial, HealableGroup } from "../ports/dead-runs.ts";
import type { DeliveryRow, DeliveryStore } from "../ports/delivery-store.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Mirror } from "../ports/mirror.ts";
import { type DeadRunner, toTrial } from "./dead-runner.ts";

export type HealerParts = Readonly<{
  clock: Clock;
  runs: DeadRunStore;
  runner: DeadRunner;
  deliveries: DeliveryStore;
  integrations: IntegrationStore;
  people: Pick<Mirror, "finder">;
  audit: Pick<AuditLog, "append">;
  onEvent: (event: EngineEvent) => void;
}>;

/** Calls of a group whose numbers are looked up in the copy of the people at one look. */
const numbersPerLook = 2_000;
/** Who sends again what heals by itself. */
const itself = "CallLedger";

export type GroupHealer = Readonly<{
  /** Looks at what is due: whether it put anything into the queue. */
  look(): boolean;
}>;

const keyText = ({ integrationId, reason, causeKey }: GroupKey): string =>
  `${integrationId} ${reason} ${causeKey ?? ""}`;

/** Groups of dead letters whose cause goes away go out again by themselves. One call of a group tries it, or the people's copy tells. */
export function createGroupHealer(parts: HealerParts): GroupHealer {
  const { clock, runs, runner, deliveries, integrations } = parts;

  /** The wall clock was set back: a wait is never longer than the longest. */
  const isDue = (trial: GroupTrial, now: number): boolean =>
    trial.nextAt <= now || trial.nextAt > now + 2 * trialDelay(trial.tries);

  const toNext = (trial: GroupTrial, now: number): GroupTrial => ({
    ...trial,
    deliveryId: null,
    tries: trial.tries + 1,
    nextAt: now + trialDelay(trial.tries + 1),
  });

  function tell(group: GroupKey, count: number): void {
    const integration = integrations.get(group.integrationId);
    if (integration === undefined) return;
    const { id: integrationId, label, tenant, crm } = integration;
    const calls = count === 1 ? "1 call goes" : `${count} calls go`;
    const summary = `${crmNames[crm]}: the cause is gone ("${reasonTexts[group.reason].sentence}"). ${calls} out again.`;
    const about = { tenant, callId: null, deliveryId: null, integrationId, reason: group.reason };
    parts.audit.append([{ at: clock.now(), ...about, operation: "dead.heal", outcome: "ok", summary }]);
    parts.onEvent({ event: "group:healed", integrationId, label, reason: group.reason, count });
  }

  /** What became of the call that tried: delivered, the rest of its group follows. */
  function judge(trial: GroupTrial, group: HealableGroup | undefined, now: number): boolean {
    const row = trial.deliveryId === null ? undefined : deliveries.get(trial.deliveryId);
    if (row !== undefined && row.state !== "delivered" && row.state !== "dead" && row.state !== "acknowledged")
      return false;
    const next = toNext(trial, now);
    if (row?.state !== "delivered") {
      runs.putTrial(next);
      return false;
    }
    if (group === undefined) {
      runs.dropTrial(trial);
      tell(trial, 1);
      return false;
    }
    runs.putTrial(next);
    const target = runs.resolve(group.id, now);
    if (target === undefined) return false;
    runner.begin({ kind: "heal", target: group.id, actor: itself, note: "", at: now }, target);
    tell(trial, target.count + 1);
    return true;
  }

  function tryOne(trial: GroupTrial, now: number): boolean {
    const [id] = runs.oldest(trial, 1);
    const row = id === undefined ? undefined : deliveries.get(id);
    if (row === undefined) return false;
    deliveries.apply([toTrial(row, now)]);
    runs.putTrial({ ...trial, deliveryId: row.id });
    return true;
  }

  /** Sends again what is with a number that somebody in the copy has now. */
  function askPeople(trial: GroupTrial, group: HealableGroup, now: number): boolean {
    runs.putTrial(toNext(trial, now));
    const integration = integrations.get(trial.integrationId);
    if (integration === undefined) return false;
    const find = parts.people.finder(integration);
    const known = runs.oldest(trial, numbersPerLook).filter((id) => {
      const number = numberOf(deliveries.get(id));
      return number !== null && find(number).length > 0;
    });
    if (known.length === 0) return false;
    runner.runOf({ kind: "heal", target: group.id, actor: itself, note: "", at: now }, trial, known);
    tell(trial, known.length);
    return true;
  }

  function lookAt(group: HealableGroup, trial: GroupTrial | undefined, now: number): boolean {
    const healing = healingOf[group.reason];
    if (healing === "never" || integrations.get(group.integrationId)?.state !== "active") return false;
    if (trial === undefined) {
      const { integrationId, reason, causeKey } = group;
      const first = {
        integrationId,
        reason,
        causeKey,
        deliveryId: null,
        tries: 0,
        nextAt: group.lastAt + trialDelay(0),
      };
      runs.putTrial(first);
      return isDue(first, now) && begin(first, group, now);
    }
    return isDue(trial, now) && begin(trial, group, now);
  }

  const begin = (trial: GroupTrial, group: HealableGroup, now: number): boolean =>
    healingOf[group.reason] === "people" ? askPeople(trial, group, now) : tryOne(trial, now);

  return {
    look() {
      const known = new Map(runs.trials().map((trial) => [keyText(trial), trial]));
      if (known.size === 0 && deliveries.counts().dead === 0) return false;
      const now = clock.now();
      const groups = new Map(runs.groups().map((group) => [keyText(group), group]));
      let hasWork = false;
      for (const [key, trial] of known) {
        const group = groups.get(key);
        if (trial.deliveryId !== null) hasWork = judge(trial, group, now) || hasWork;
        else if (group === undefined) runs.dropTrial(trial);
      }
      for (const [key, group] of groups) {
        const trial = known.get(key);
        if (trial?.deliveryId !== null && trial !== undefined) continue;
        hasWork = lookAt(group, trial, now) || hasWork;
      }
      return hasWork;
    },
  };
}

/** The other party of a call. */
function numberOf(row: DeliveryRow | undefined): string | null {
  if (row === undefined) return null;
  return row.call.direction === "inbound" ? row.call.from : row.call.to;
}
