import type { z } from "zod";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { mirrorView } from "../../../src-shared/ipc/mirror-views.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";
import { whyIdle } from "./integration-handlers.ts";

type Parts = Pick<ApiParts, "people" | "integrations" | "connectorFor" | "clock" | "sync">;

/** How often a reading in progress is told, ms: counting many thousand records takes a moment of the engine. */
const progressMs = 3_000;

export function createMirrorHandlers(parts: Parts): SubjectHandlers<"mirror:status" | "mirror:sync"> {
  const { integrations, people, clock, sync } = parts;
  return {
    "mirror:status": serve(ipcCalls["mirror:status"], async ({ id }) => {
      const found = findIntegration(integrations, id);
      return found.ok ? { ok: true, value: toView(parts, found.value) } : found;
    }),
    "mirror:sync": serve(ipcCalls["mirror:sync"], async ({ id }, { signal, onProgress }) => {
      const found = findIntegration(integrations, id);
      if (!found.ok) return found;
      const askedAt = clock.now();
      const isDone = (): boolean => people.isFreshSince(id, askedAt);
      people.request(id);
      const ended = new AbortController();
      const telling = tellProgress(() => onProgress(toView(parts, found.value)), clock, ended.signal);
      await sync.readPeople(id, isDone, signal).finally(() => ended.abort());
      await telling;
      if (isDone()) return { ok: true, value: toView(parts, found.value) };
      if (signal.aborted) return fault("canceled", "Stopped before everything was read. It goes on where it stood.");
      const why = whyIdle(integrations.get(id) ?? found.value);
      const { message } = people.trouble(id);
      const said = message === null ? "" : ` It said: ${message}.`;
      return fault(
        "failed",
        why ?? `${found.value.label} could not be read to the end.${said} It goes on where it stood.`,
      );
    }),
  };
}

async function tellProgress(tell: () => void, clock: Parts["clock"], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(progressMs, signal);
    tell();
  }
}

function toView({ people, connectorFor }: Parts, integration: Integration): z.input<typeof mirrorView> {
  const steps = connectorFor(integration).mirror.steps.map(({ name }) => name);
  const { progress, ...status } = people.status(integration.id, steps);
  return {
    integrationId: integration.id,
    label: integration.label,
    ...status,
    records: status.people + status.companies + status.deals,
    step: progress?.step ?? null,
    cursor: progress?.cursor ?? null,
    stepsDone: progress?.stepsDone ?? 0,
    stepsInAll: progress?.stepsInAll ?? steps.length,
  };
}
