import type { z } from "zod";
import type { CrmCheckKind } from "../../../src-shared/domain/crm-check.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { dayBounds, toLocalDate } from "../../../src-shared/domain/local-time.ts";
import type { crmCheckView } from "../../../src-shared/ipc/check-views.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { CrmCheckRecord } from "../ports/crm-checks.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";
import { whyIdle } from "./integration-handlers.ts";

type Parts = Pick<
  ApiParts,
  "checks" | "clock" | "random" | "integrations" | "deliveries" | "connectorFor" | "sync" | "actor"
>;

/** A record that was written a moment ago may not be shown yet, ms. */
const freshMs = 10 * 60_000;
/** Calls of each CRM that are read back every night. */
const nightlySample = 20;
/** The night's looks begin so long after midnight of this PC, ms. */
const nightlyAfterMs = 2 * 3_600_000;
const bothKinds: readonly CrmCheckKind[] = ["read_back", "copies"];

export function createCheckHandlers(parts: Parts): SubjectHandlers<"checks:list" | "checks:run"> {
  const { checks, integrations, sync } = parts;
  return {
    "checks:list": serve(ipcCalls["checks:list"], async ({ date, timeZone }) => {
      const { from, to } = dayBounds(date, timeZone);
      return { ok: true, value: { checks: checks.ended(from, to).map((check) => toView(parts, check)) } };
    }),
    "checks:run": serve(ipcCalls["checks:run"], async ({ id, kinds, sample }, { signal }) => {
      const one = id === null ? undefined : findIntegration(integrations, id);
      if (one?.ok === false) return one;
      const asked = one === undefined ? integrations.list() : [one.value];
      const idle = asked.flatMap((each) => whyIdle(each) ?? []);
      if (idle.length > 0) return fault("failed", idle.join(" "));
      const ids = asked.flatMap((each) =>
        kinds.map((kind) => ask(parts, each, { kind, askedBy: parts.actor, size: sample, ageMs: 0 })),
      );
      const isDone = (): boolean => ids.every((each) => checks.get(each)?.endedAt !== null);
      for (const { id: integrationId } of asked) await sync.readPeople(integrationId, isDone, signal);
      if (signal.aborted) return fault("canceled", "Stopped before everything was looked at. It goes on by itself.");
      const records = ids.flatMap((each) => checks.record(each) ?? []);
      return { ok: true, value: { checks: records.map((record) => toView(parts, record)) } };
    }),
  };
}

function ask(
  { checks, clock, random }: Pick<Parts, "checks" | "clock" | "random">,
  { id: integrationId }: Integration,
  { kind, askedBy, size, ageMs }: Readonly<{ kind: CrmCheckKind; askedBy: string; size: number; ageMs: number }>,
): number {
  const at = clock.now();
  const draft = { integrationId, kind, askedBy, at };
  return checks.ask(draft, { size, deliveredBefore: at - ageMs, random: () => random.next() });
}

/** Asks for the night's looks, once a day, also where the PC slept through the night. */
export function askNightly(parts: Pick<Parts, "checks" | "clock" | "random" | "integrations">, timeZone: string): void {
  const now = parts.clock.now();
  const begin = dayBounds(toLocalDate(now, timeZone), timeZone).from + nightlyAfterMs;
  if (now < begin) return;
  for (const each of parts.integrations.list()) {
    if (each.state !== "active") continue;
    for (const kind of bothKinds) {
      const last = parts.checks.lastAskedAt(each.id, kind);
      // A time that is to come is of a clock that was set back since.
      if (last !== null && last >= begin && last <= now) continue;
      ask(parts, each, { kind, askedBy: "CallLedger", size: nightlySample, ageMs: freshMs });
    }
  }
}

function toView(
  { integrations, deliveries, connectorFor }: Parts,
  { findings, cursor: _ours, ...check }: CrmCheckRecord,
): z.input<typeof crmCheckView> {
  const integration = integrations.recall(check.integrationId);
  if (integration === undefined) throw new Error("the integration of a check is gone from the store");
  const connector = connectorFor(integration);
  const linkOf = (id: string): readonly string[] => {
    const url = connector.recordUrl(integration.account, connector.callObject, id);
    return url === null ? [] : [url];
  };
  return {
    ...check,
    label: integration.label,
    crm: integration.crm,
    findings: findings.map((finding) => ({
      ...finding,
      remoteIds: [...finding.remoteIds],
      callId: deliveries.get(finding.deliveryId)?.callId ?? null,
      links: finding.remoteIds.flatMap(linkOf),
    })),
  };
}
