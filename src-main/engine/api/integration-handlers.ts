import type { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames, type CrmAccount, type CrmType, type Integration } from "../../../src-shared/domain/integration.ts";
import { reasonTexts, type Reason } from "../../../src-shared/domain/reason.ts";
import { ipcCalls, type CallFault, type CallInput } from "../../../src-shared/ipc/contract.ts";
import type { integrationView } from "../../../src-shared/ipc/integration-views.ts";
import { fault } from "../host/engine.ts";
import type { SetupReport } from "../ports/connector.ts";
import type { Credential, VaultFault } from "../ports/credential-vault.ts";
import type { ApiParts, CrmKnowledge } from "./api-parts.ts";
import { signInByBrowser } from "./browser-sign-in.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { toFaultSentence } from "./fault-sentence.ts";

type Parts = Pick<
  ApiParts,
  | "clock"
  | "random"
  | "tenants"
  | "integrations"
  | "vault"
  | "crms"
  | "connectorFor"
  | "setupSession"
  | "sync"
  | "backfill"
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
  let drafts = 0;
  /** No row's id, and no other draft's while this engine runs. What a crash left in the keychain is overwritten. */
  const nextDraftId = (): number => Number.MAX_SAFE_INTEGER - drafts++;
  return {
    "integrations:list": serve(ipcCalls["integrations:list"], async () => ({
      ok: true,
      value: { integrations: integrations.list().map(toView) },
    })),
    "integrations:connect": serve(ipcCalls["integrations:connect"], (ask, { signal, onProgress }) =>
      connect(parts, ask, nextDraftId(), { signal, onOpen: (openUrl) => onProgress({ openUrl }) }),
    ),
    "integrations:check": serve(ipcCalls["integrations:check"], ({ id }, { signal }) =>
      withIntegration(parts, id, (found) => check(parts, found, signal)),
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
          return { ok: true, value: { removed: id } };
        });
      }),
    ),
  };
}

const toView = ({ contract, settings, ...seen }: Integration): z.input<typeof integrationView> => seen;

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

/** An integration that is not stored: the connector needs one to sign in with. */
function toDraft(ask: ConnectAsk, knowledge: CrmKnowledge, id: number, now: number): Integration {
  return {
    id,
    tenant: ask.tenant,
    crm: ask.crm,
    label: ask.label ?? crmNames[ask.crm],
    baseUrl: ask.baseUrl,
    account: null,
    state: "active",
    blockedReason: null,
    restUntil: null,
    secret: ask.secret.kind === "env" ? ask.secret : { kind: "keychain", givenAt: now },
    unknownCaller: ask.unknownCaller ?? "hold",
    since: ask.since,
    contract: knowledge.readDefaultContract({}),
    settings: {},
    createdAt: now,
  };
}

type ConnectContext = Readonly<{ signal: AbortSignal; onOpen: (url: string) => void }>;

async function connect(parts: Parts, ask: ConnectAsk, draftId: number, context: ConnectContext) {
  const { signal } = context;
  const knowledge = parts.crms[ask.crm];
  if (knowledge === undefined) return unsupported(parts, ask.crm);
  if (ask.unknownCaller === "contact" || ask.unknownCaller === "lead") return cannotCreatePeople(ask.unknownCaller);
  const draft = toDraft(ask, knowledge, draftId, parts.clock.now());
  try {
    const credential = await placeCredential(parts, draft, ask, { ...context, knowledge });
    if (!credential.ok) return credential;
    const signedIn = await signIn(parts, draft, ask.setup, signal);
    if (!signedIn.ok) {
      if (signal.aborted) return fault("canceled", "Stopped before the CRM was connected.");
      return fault("failed", toFaultSentence(signedIn.fault, addressOf(draft, knowledge)));
    }
    return await store(parts, ask, signedIn.value);
  } finally {
    await parts.vault.remove(draft.id, draft.secret);
  }
}

/**
 * Into the keychain before it is used, so that it takes what a rotation gives; from a variable, it must be there. An app
 * goes there too before a person is sent to the browser for nothing: without a keychain the sign-in has no place.
 */
async function placeCredential(
  parts: Parts,
  draft: Integration,
  { secret, baseUrl }: ConnectAsk,
  { knowledge, ...context }: ConnectContext & Readonly<{ knowledge: CrmKnowledge }>,
): Promise<Outcome<unknown, CallFault>> {
  const { vault } = parts;
  const place = async (credential: Credential): Promise<Outcome<unknown, CallFault>> => {
    const written = await vault.write(draft.id, draft.secret, credential);
    return written.ok ? written : fault("bad_input", written.fault.message);
  };
  if (secret.kind === "env") {
    const found = await vault.read(draft.id, draft.secret);
    return found.ok ? found : fault("bad_input", found.fault.message);
  }
  if (secret.kind === "keychain") return place(secret.credential);
  const { app, waitMs } = secret;
  const kept = await place(app);
  if (!kept.ok) return kept;
  const start = knowledge.startBrowserSignIn;
  const signedIn = await signInByBrowser(parts, { start, app, baseUrl, waitMs, ...context });
  return signedIn.ok ? place(signedIn.value) : signedIn;
}

function unsupported({ crms }: Parts, crm: CrmType) {
  const known = Object.keys(crms).join(", ");
  return fault("bad_input", `${crmNames[crm]} cannot be connected yet in this version. It knows: ${known}.`);
}

/** Without the ledger of numbers, two calls of a new number could make two people. */
function cannotCreatePeople(policy: string) {
  const message = `Creating a ${policy} for an unknown caller is not possible yet in this version. Use hold (wait until somebody adds the number) or log (without a person).`;
  return fault("bad_input", message);
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
async function store(parts: Parts, ask: ConnectAsk, { draft, account, setup }: SignedIn) {
  const now = parts.clock.now();
  parts.tenants.ensure(ask.tenant, now);
  const existing = parts.integrations.find(ask.tenant, ask.crm, account.accountId);
  const kept =
    existing === undefined
      ? await add(parts, { ...draft, account }, now)
      : await renew(parts, existing, { ...draft, account }, ask, now);
  if (!kept.ok) return fault("failed", `The sign-in works, but it could not be kept. ${kept.fault.message}`);
  const backfilled = parts.backfill(kept.value.id, now);
  parts.sync.wake();
  const value = {
    integrationId: kept.value.id,
    updated: existing !== undefined,
    account: account.name,
    created: [...setup.created],
    found: [...setup.found],
    backfilled,
  };
  return { ok: true, value } as const;
}

/** From the draft's place in the keychain, with all that a rotation changed meanwhile, to the integration's own. */
async function moveCredential(
  { vault }: Parts,
  draft: Integration,
  integrationId: number,
): Promise<Outcome<unknown, VaultFault>> {
  if (draft.secret.kind === "env") return { ok: true, value: null };
  const credential = await vault.read(draft.id, draft.secret);
  return credential.ok
    ? vault.alone(integrationId, () => vault.write(integrationId, draft.secret, credential.value))
    : credential;
}

type Kept = Outcome<Integration, VaultFault>;

async function add(parts: Parts, draft: Integration, now: number): Promise<Kept> {
  const { integrations } = parts;
  const { id: _id, createdAt, state, blockedReason, restUntil, ...fresh } = draft;
  const { id } = integrations.add(fresh, now);
  const moved = await moveCredential(parts, draft, id);
  if (!moved.ok) {
    integrations.setState(id, "blocked", { at: now, reason: "auth_revoked", note: "its credential could not be kept" });
    return moved;
  }
  return { ok: true, value: activate(parts, id, now) };
}

async function renew(parts: Parts, old: Integration, draft: Integration, ask: ConnectAsk, now: number): Promise<Kept> {
  const { integrations, vault } = parts;
  const moved = await moveCredential(parts, draft, old.id);
  if (!moved.ok) return moved;
  integrations.update(
    old.id,
    {
      account: draft.account,
      baseUrl: ask.baseUrl,
      secret: draft.secret,
      ...(ask.label === null ? {} : { label: ask.label }),
      ...(ask.unknownCaller === null ? {} : { unknownCaller: ask.unknownCaller }),
      ...(ask.since === null ? {} : { since: ask.since }),
    },
    now,
  );
  if (draft.secret.kind === "env" && old.secret.kind === "keychain") await vault.remove(old.id, old.secret);
  return { ok: true, value: activate(parts, old.id, now) };
}

/** A running sync may have found it without its credential meanwhile, or blocked it before. */
function activate({ integrations }: Parts, id: number, now: number): Integration {
  const stored = integrations.get(id);
  if (stored === undefined) throw new Error("the integration is gone from the store");
  if (stored.state !== "blocked") return stored;
  return integrations.setState(id, "active", { at: now, reason: null, note: "connected again" });
}

/** Asks the CRM whether the sign-in works; a blocked integration that works again goes on, one that is refused is blocked. */
async function check(parts: Parts, found: Integration, signal: AbortSignal) {
  const knowledge = parts.crms[found.crm];
  if (knowledge === undefined) return unsupported(parts, found.crm);
  const answer = (account: string | null, problem: string | null) =>
    ({ ok: true, value: { integrationId: found.id, ok: problem === null, account, problem } }) as const;
  const block = (reason: Reason) => {
    const { state = "paused" } = parts.integrations.get(found.id) ?? {};
    if (state !== "active") return;
    parts.integrations.setState(found.id, "blocked", { at: parts.clock.now(), reason, note: "found by a check" });
  };
  const credential = await parts.vault.read(found.id, found.secret);
  if (!credential.ok) {
    block("auth_revoked");
    return answer(null, credential.fault.message);
  }
  const checked = await parts.connectorFor(found).check(parts.setupSession(found, signal));
  const now = parts.clock.now();
  if (!checked.ok) {
    if (checked.fault.kind === "blocked") block(checked.fault.reason);
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
