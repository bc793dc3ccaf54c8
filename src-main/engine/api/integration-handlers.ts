import type { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames, type CrmAccount, type CrmType, type Integration } from "../../../src-shared/domain/integration.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import { ipcCalls, type CallFault, type CallInput } from "../../../src-shared/ipc/contract.ts";
import type { integrationView } from "../../../src-shared/ipc/integration-views.ts";
import { fault } from "../host/engine.ts";
import type { SetupReport } from "../ports/connector.ts";
import type { ApiParts, CrmKnowledge } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { toFaultSentence } from "./fault-sentence.ts";

type Parts = Pick<
  ApiParts,
  "clock" | "tenants" | "integrations" | "vault" | "crms" | "connectorFor" | "setupSession" | "sync" | "backfill"
>;

export function createIntegrationHandlers(
  parts: Parts,
): SubjectHandlers<
  | "integrations:list"
  | "integrations:connect"
  | "integrations:check"
  | "integrations:pause"
  | "integrations:resume"
  | "integrations:remove"
> {
  const { integrations, clock } = parts;
  return {
    "integrations:list": serve(ipcCalls["integrations:list"], async () => ({
      ok: true,
      value: { integrations: integrations.list().map(toView) },
    })),
    "integrations:connect": serve(ipcCalls["integrations:connect"], (ask, { signal }) => connect(parts, ask, signal)),
    "integrations:check": serve(ipcCalls["integrations:check"], ({ id }, { signal }) =>
      withIntegration(parts, id, (found) => check(parts, found, signal)),
    ),
    "integrations:pause": serve(ipcCalls["integrations:pause"], ({ id, note }) =>
      withIntegration(parts, id, async (found) => {
        if (found.state === "paused") return { ok: true, value: toView(found) };
        const paused = integrations.setState(id, "paused", { at: clock.now(), reason: null, note });
        parts.sync.wake();
        return { ok: true, value: toView(paused) };
      }),
    ),
    "integrations:resume": serve(ipcCalls["integrations:resume"], ({ id, note }) =>
      withIntegration(parts, id, async (found) => {
        if (found.state === "active") return { ok: true, value: toView(found) };
        const active = integrations.setState(id, "active", { at: clock.now(), reason: null, note });
        parts.sync.wake();
        return { ok: true, value: toView(active) };
      }),
    ),
    "integrations:remove": serve(ipcCalls["integrations:remove"], ({ id }) =>
      withIntegration(parts, id, async () => {
        integrations.remove(id, clock.now());
        return { ok: true, value: { removed: id } };
      }),
    ),
  };
}

const toView = ({ contract, settings, ...seen }: Integration): z.input<typeof integrationView> => seen;

async function withIntegration<T>(
  { integrations }: Parts,
  id: number,
  work: (found: Integration) => Promise<Outcome<T, CallFault>>,
): Promise<Outcome<T, CallFault>> {
  const found = integrations.get(id);
  if (found !== undefined) return work(found);
  const known = integrations.list().map((each) => `${each.id} (${each.label})`);
  return fault(
    "bad_input",
    `There is no integration ${id}. ${known.length === 0 ? "None is connected yet: see connect --help." : `Connected: ${known.join(", ")}.`}`,
  );
}

type ConnectAsk = CallInput<"integrations:connect">;
type SignedIn = Readonly<{ draft: Integration; account: CrmAccount; setup: SetupReport }>;

const addressOf = (integration: Integration, knowledge: CrmKnowledge): string =>
  `${crmNames[integration.crm]} at ${new URL(integration.baseUrl ?? knowledge.baseUrl).host}`;

/** An integration that is not stored: the connector needs one to sign in with. Its id is no row's. */
function toDraft(ask: ConnectAsk, knowledge: CrmKnowledge, now: number): Integration {
  return {
    id: Number.MAX_SAFE_INTEGER,
    tenant: ask.tenant,
    crm: ask.crm,
    label: ask.label ?? crmNames[ask.crm],
    baseUrl: ask.baseUrl,
    account: null,
    state: "active",
    blockedReason: null,
    restUntil: null,
    secret: ask.secret,
    unknownCaller: ask.unknownCaller ?? "hold",
    since: ask.since,
    contract: knowledge.readDefaultContract({}),
    settings: {},
    createdAt: now,
  };
}

async function connect(parts: Parts, ask: ConnectAsk, signal: AbortSignal) {
  const knowledge = parts.crms[ask.crm];
  if (knowledge === undefined) return unsupported(parts, ask.crm);
  if (ask.secret.kind === "keychain")
    return fault(
      "bad_input",
      "The system keychain is not supported yet in this version. Put the credential into an environment variable and name it: --secret-from-env NAME.",
    );
  const draft = toDraft(ask, knowledge, parts.clock.now());
  const credential = await parts.vault.read(draft.id, ask.secret);
  if (!credential.ok) return fault("bad_input", credential.fault.message);
  const signedIn = await signIn(parts, draft, ask.setup, signal);
  if (!signedIn.ok) {
    if (signal.aborted) return fault("canceled", "Stopped before the CRM was connected.");
    return fault("failed", toFaultSentence(signedIn.fault, addressOf(draft, knowledge)));
  }
  return { ok: true, value: store(parts, ask, signedIn.value) } as const;
}

function unsupported({ crms }: Parts, crm: CrmType) {
  const known = Object.keys(crms).join(", ");
  return fault("bad_input", `${crmNames[crm]} cannot be connected yet in this version. It knows: ${known}.`);
}

async function signIn(
  parts: Parts,
  draft: Integration,
  withSetup: boolean,
  signal: AbortSignal,
): Promise<Outcome<SignedIn, ConnectorFault>> {
  const connector = parts.connectorFor(draft);
  const session = parts.setupSession(draft, signal);
  const checked = await connector.check(session);
  if (!checked.ok) return checked;
  const account = checked.value;
  if (withSetup) {
    const setup = await connector.setup(session);
    return setup.ok ? { ok: true, value: { draft, account, setup: setup.value } } : setup;
  }
  // Nothing is put there for it, so what is needed must be there: a connected account is checked for that too.
  const complete = await parts.connectorFor({ ...draft, account }).check(session);
  return complete.ok ? { ok: true, value: { draft, account, setup: { created: [], found: [] } } } : complete;
}

/** The same account connected again keeps its id and its history. */
function store(parts: Parts, ask: ConnectAsk, { draft, account, setup }: SignedIn) {
  const now = parts.clock.now();
  parts.tenants.ensure(ask.tenant, now);
  const existing = parts.integrations.find(ask.tenant, ask.crm, account.accountId);
  const stored =
    existing === undefined ? add(parts, { ...draft, account }, now) : renew(parts, existing, ask, account, now);
  const backfilled = parts.backfill(stored.id, now);
  parts.sync.wake();
  return {
    integrationId: stored.id,
    updated: existing !== undefined,
    account: account.name,
    created: [...setup.created],
    found: [...setup.found],
    backfilled,
  };
}

function add({ integrations }: Parts, draft: Integration, now: number): Integration {
  const { id, createdAt, state, blockedReason, restUntil, ...fresh } = draft;
  return integrations.add(fresh, now);
}

function renew(
  { integrations }: Parts,
  old: Integration,
  ask: ConnectAsk,
  account: CrmAccount,
  now: number,
): Integration {
  integrations.update(
    old.id,
    {
      account,
      baseUrl: ask.baseUrl,
      secret: ask.secret,
      ...(ask.label === null ? {} : { label: ask.label }),
      ...(ask.unknownCaller === null ? {} : { unknownCaller: ask.unknownCaller }),
      ...(ask.since === null ? {} : { since: ask.since }),
    },
    now,
  );
  if (old.state === "blocked")
    integrations.setState(old.id, "active", { at: now, reason: null, note: "connected again" });
  return integrations.get(old.id) ?? old;
}

/** Asks the CRM whether the sign-in works; a blocked integration that works again goes on, one that is refused is blocked. */
async function check(parts: Parts, found: Integration, signal: AbortSignal) {
  const knowledge = parts.crms[found.crm];
  if (knowledge === undefined) return unsupported(parts, found.crm);
  const answer = (account: string | null, problem: string | null) =>
    ({ ok: true, value: { integrationId: found.id, ok: problem === null, account, problem } }) as const;
  const credential = await parts.vault.read(found.id, found.secret);
  if (!credential.ok) return answer(null, credential.fault.message);
  const checked = await parts.connectorFor(found).check(parts.setupSession(found, signal));
  const now = parts.clock.now();
  if (!checked.ok) {
    if (checked.fault.kind === "blocked" && found.state === "active")
      parts.integrations.setState(found.id, "blocked", {
        at: now,
        reason: checked.fault.reason,
        note: "found by a check",
      });
    return answer(null, toFaultSentence(checked.fault, addressOf(found, knowledge)));
  }
  const account = checked.value;
  if (found.account !== null && found.account.accountId !== account.accountId)
    return answer(
      account.name,
      `The credential signs in to another account (${account.accountId}) than the one connected (${found.account.accountId}). Nothing is written until it is the right one.`,
    );
  if (found.state === "blocked") {
    parts.integrations.setState(found.id, "active", { at: now, reason: null, note: "works again, says a check" });
    parts.sync.wake();
  }
  return answer(account.name, null);
}

/** Why nothing is sent to an integration now, as a sentence, or null. */
export function whyIdle(integration: Integration): string | null {
  if (integration.state === "paused") return `${integration.label} is paused.`;
  if (integration.state === "blocked" && integration.blockedReason !== null)
    return `${integration.label} is stopped: ${reasonTexts[integration.blockedReason].sentence} ${reasonTexts[integration.blockedReason].nextStep}`;
  return null;
}
