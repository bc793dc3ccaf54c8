import type { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { toBlockSentence } from "../../../src-shared/domain/reason.ts";
import { ipcCalls, type CallFault } from "../../../src-shared/ipc/contract.ts";
import type { integrationView } from "../../../src-shared/ipc/integration-views.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { checkIntegration, type CheckParts } from "./check-integration.ts";
import { connectIntegration, type ConnectParts } from "./connect-integration.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";
import { changeSettings } from "./settings-change.ts";
import { signInAgain } from "./sign-in-again.ts";

type Parts = ConnectParts &
  CheckParts &
  Pick<ApiParts, "clock" | "integrations" | "vault" | "sync" | "crms" | "peopleStore">;

export function createIntegrationHandlers(
  parts: Parts,
): SubjectHandlers<
  | "integrations:list"
  | "integrations:connect"
  | "integrations:signIn"
  | "integrations:check"
  | "integrations:set"
  | "integrations:pause"
  | "integrations:resume"
  | "integrations:remove"
> {
  const { integrations, clock } = parts;
  let drafts = 0;
  /** No row's id, and no other draft's while this engine runs. What a crash left in the keychain is overwritten. */
  const nextDraftId = (): number => Number.MAX_SAFE_INTEGER - drafts++;
  return {
    "integrations:list": serve(ipcCalls["integrations:list"], async () => ({
      ok: true,
      value: { integrations: integrations.list().map(toView) },
    })),
    "integrations:connect": serve(ipcCalls["integrations:connect"], (ask, { signal, onProgress }) =>
      connectIntegration(parts, ask, nextDraftId(), { signal, onOpen: (openUrl) => onProgress({ openUrl }) }),
    ),
    "integrations:signIn": serve(ipcCalls["integrations:signIn"], ({ id, waitMs }, { signal, onProgress }) =>
      withIntegration(parts, id, (found) =>
        signInAgain(
          parts,
          { found, draftId: nextDraftId(), waitMs },
          { signal, onOpen: (openUrl) => onProgress({ openUrl }) },
        ),
      ),
    ),
    "integrations:check": serve(ipcCalls["integrations:check"], ({ id }, { signal }) =>
      withIntegration(parts, id, (found) => checkIntegration(parts, found, signal)),
    ),
    "integrations:set": serveOnce(ipcCalls["integrations:set"], ({ id, settings }) =>
      withIntegration(parts, id, (found) => {
        const changed = changeSettings(parts.crms[found.crm], found, settings);
        if (!changed.ok) return changed;
        const { note, ...change } = changed.value;
        return atOnce(() => {
          const integration = integrations.update(id, change, clock.now());
          parts.sync.wake();
          return { ok: true, value: { integration: toView(integration), note } };
        });
      }),
    ),
    "integrations:pause": serveOnce(ipcCalls["integrations:pause"], ({ id, note }) =>
      withIntegration(parts, id, (found) => atOnce(() => switchTo(parts, found, "paused", note))),
    ),
    "integrations:resume": serveOnce(ipcCalls["integrations:resume"], ({ id, note }) =>
      withIntegration(parts, id, (found) => atOnce(() => switchTo(parts, found, "active", note))),
    ),
    "integrations:remove": serveOnce(ipcCalls["integrations:remove"], ({ id }) =>
      withIntegration(parts, id, async (found) => {
        const removed = await parts.vault.alone(id, () => parts.vault.remove(id, found.secret));
        if (!removed.ok)
          return fault("failed", `Its credential could not be taken out of the keychain. ${removed.fault.message}`);
        return atOnce(() => {
          integrations.remove(id, clock.now());
          parts.peopleStore.drop(id);
          return { ok: true, value: { removed: id } };
        });
      }),
    ),
  };
}

const toView = ({ contract, ...seen }: Integration): z.input<typeof integrationView> => seen;

function switchTo({ integrations, clock, sync }: Parts, found: Integration, state: "active" | "paused", note: string) {
  if (found.state === state) return { ok: true, value: toView(found) } as const;
  const changed = integrations.setState(found.id, state, { at: clock.now(), reason: null, note });
  sync.wake();
  return { ok: true, value: toView(changed) } as const;
}

async function withIntegration<T>(
  { integrations }: Parts,
  id: number,
  work: (found: Integration) => Outcome<T, CallFault> | Promise<Outcome<T, CallFault>>,
): Promise<Outcome<T, CallFault>> {
  const found = findIntegration(integrations, id);
  return found.ok ? work(found.value) : found;
}

/** Why nothing is sent to an integration now, as a sentence, or null. */
export function whyIdle(integration: Integration): string | null {
  if (integration.state === "paused") return `${integration.label} is paused.`;
  if (integration.state === "blocked" && integration.blockedReason !== null)
    return `${integration.label} is stopped: ${toBlockSentence(integration.blockedReason, integration.blockedDetail ?? undefined)}`;
  return null;
}
