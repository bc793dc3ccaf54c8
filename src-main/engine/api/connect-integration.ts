import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmAccount, Integration } from "../../../src-shared/domain/integration.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { CallFault, CallInput } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { SetupReport } from "../ports/connector.ts";
import type { Credential, VaultFault } from "../ports/credential-vault.ts";
import type { ApiParts, CrmKnowledge } from "./api-parts.ts";
import { signInByBrowser } from "./browser-sign-in.ts";
import { addressOf, unsupported } from "./crm-words.ts";
import { toFaultSentence } from "./fault-sentence.ts";
import { toLimit } from "./limit-view.ts";
import { changeSettings, type GivenSettings, withoutNulls } from "./settings-change.ts";
import type { Spent } from "./setup-session.ts";

export type ConnectParts = Pick<
  ApiParts,
  | "clock"
  | "random"
  | "tenants"
  | "integrations"
  | "vault"
  | "crms"
  | "connectorFor"
  | "setupSession"
  | "bookSpent"
  | "sync"
  | "backfill"
>;

type ConnectAsk = CallInput<"integrations:connect">;
type SignedIn = Readonly<{
  draft: Integration;
  account: CrmAccount;
  setup: SetupReport;
  note: string | null;
  spent: readonly Spent[];
}>;

/** An integration that is not stored: the connector needs one to sign in with. */
function toDraft(
  ask: ConnectAsk,
  settings: StoredSettings,
  knowledge: CrmKnowledge,
  { id, now }: Readonly<{ id: number; now: number }>,
): Integration {
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
    contract: knowledge.readDefaultContract(settings),
    settings,
    createdAt: now,
  };
}

export type ConnectContext = Readonly<{
  signal: AbortSignal;
  onOpen: (url: string) => void;
  /** The account that it must be: another one is refused, and nothing is changed. */
  expected?: CrmAccount;
}>;

/** Signs in, checks, sets up what is needed, and stores the integration with its credential. */
export async function connectIntegration(
  parts: ConnectParts,
  ask: ConnectAsk,
  draftId: number,
  context: ConnectContext,
) {
  const { signal } = context;
  const knowledge = parts.crms[ask.crm];
  if (knowledge === undefined) return unsupported(parts, ask.crm);
  const settings = knowledge.settings.read(withoutNulls(ask.settings ?? {}));
  if (!settings.ok) return fault("bad_input", `Settings of ${crmNames[ask.crm]}: ${settings.fault}.`);
  const draft = toDraft(ask, settings.value, knowledge, { id: draftId, now: parts.clock.now() });
  try {
    const credential = await placeCredential(parts, draft, ask, { ...context, knowledge });
    if (!credential.ok) return credential;
    const signedIn = await signIn(parts, draft, { ask, knowledge, signal });
    if (!signedIn.ok) return signedIn;
    const { account } = signedIn.value;
    if (context.expected !== undefined && account.accountId !== context.expected.accountId)
      return fault(
        "bad_input",
        `That was a sign-in to ${account.name}, and this is ${context.expected.name}. Nothing is changed. Sign in there, or connect the other account as one of its own.`,
      );
    return await store(parts, ask, signedIn.value);
  } finally {
    await parts.vault.remove(draft.id, draft.secret);
  }
}

/** A variable cannot be written, so the first rotation would be the end of the sign-in. */
function cannotRotate(name: string) {
  return fault(
    "bad_input",
    `The credential in ${name} may rotate: the CRM can give another one in its place, and a variable cannot keep that. Give it in CALLLEDGER_TOKEN or on standard input, so that it goes into the keychain; or use one that does not rotate (a key or token, an app's run-as user, a JWT).`,
  );
}

/**
 * Into the keychain before it is used, so that it takes what a rotation gives; from a variable, it must be there. An app
 * goes there too before a person is sent to the browser for nothing: without a keychain the sign-in has no place.
 */
async function placeCredential(
  parts: ConnectParts,
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
    if (!found.ok) return fault("bad_input", found.fault.message);
    return knowledge.mayRotate(found.value) ? cannotRotate(secret.name) : found;
  }
  if (secret.kind === "keychain") return place(secret.credential);
  const { app, waitMs } = secret;
  const kept = await place(app);
  if (!kept.ok) return kept;
  const start = knowledge.startBrowserSignIn;
  const signedIn = await signInByBrowser(parts, { start, app, settings: draft.settings, baseUrl, waitMs, ...context });
  return signedIn.ok ? place(signedIn.value) : signedIn;
}

type SignInAsk = Readonly<{ ask: ConnectAsk; knowledge: CrmKnowledge; signal: AbortSignal }>;

async function signIn(
  parts: ConnectParts,
  draft: Integration,
  context: SignInAsk,
): Promise<Outcome<SignedIn, CallFault>> {
  const { ask, knowledge, signal } = context;
  const refuse = (cause: ConnectorFault): Outcome<never, CallFault> =>
    signal.aborted
      ? fault("canceled", "Stopped before the CRM was connected.")
      : fault("failed", toFaultSentence(cause, addressOf(draft, knowledge)));
  const connector = parts.connectorFor(draft);
  const session = parts.setupSession(draft, connector, signal);
  const checked = await connector.check(session, "thorough");
  if (!checked.ok) return refuse(checked.fault);
  const adopted = adopt(parts, { ...context, draft, given: ask.settings ?? {} }, checked.value);
  if (!adopted.ok) return adopted;
  const { note: _note, ...signedIn } = adopted.value;
  const known = parts.connectorFor({ ...draft, ...signedIn });
  const done = (setup: SetupReport, { note, ...kept }: Adopted = adopted.value): Outcome<SignedIn, CallFault> => ({
    ok: true,
    value: { draft: { ...draft, ...kept }, account: checked.value, setup, note, spent: session.spent },
  });
  if (ask.setup) {
    const setup = await known.setup(session);
    if (!setup.ok) return refuse(setup.fault);
    const { instead } = setup.value;
    if (instead === undefined) return done(setup.value);
    const adapted = adopt(parts, { ...context, draft, given: { ...ask.settings, ...instead.settings } }, checked.value);
    if (!adapted.ok) return adapted;
    const { note: said, ...changed } = adapted.value;
    const again = await parts.connectorFor({ ...draft, ...changed }).setup(session);
    const notes = [instead.note, said].filter((text) => text !== null);
    return again.ok ? done(again.value, { ...changed, note: notes.join(" ") }) : refuse(again.fault);
  }
  // Nothing is put there for it, so what is needed must be there: a connected account is checked for that too.
  const complete = await known.check(session);
  return complete.ok ? done({ created: [], found: [] }) : refuse(complete.fault);
}

type Adopted = Pick<Integration, "account" | "settings" | "contract"> & Readonly<{ note: string | null }>;

/** An account that was connected before keeps its settings and its contract; what was given now comes on top. */
function adopt(
  { integrations }: ConnectParts,
  { ask, knowledge, draft, given }: SignInAsk & Readonly<{ draft: Integration; given: GivenSettings }>,
  account: CrmAccount,
): Outcome<Adopted, CallFault> {
  const existing = integrations.find(ask.tenant, ask.crm, account.accountId);
  if (existing !== undefined) {
    const changed = changeSettings(knowledge, existing, given);
    return changed.ok ? { ok: true, value: { account, ...changed.value } } : changed;
  }
  const read = knowledge.settings.read(withoutNulls(given));
  if (!read.ok) return fault("bad_input", `Settings of ${crmNames[draft.crm]}: ${read.fault}.`);
  const { value: settings } = read;
  return { ok: true, value: { account, settings, contract: knowledge.readDefaultContract(settings), note: null } };
}

/** The same account connected again keeps its id and its history. */
async function store(parts: ConnectParts, ask: ConnectAsk, { draft, account, setup, note, spent }: SignedIn) {
  const now = parts.clock.now();
  parts.tenants.ensure(ask.tenant, now);
  const existing = parts.integrations.find(ask.tenant, ask.crm, account.accountId);
  const kept = existing === undefined ? await add(parts, draft, now) : await renew(parts, existing, draft, ask, now);
  if (!kept.ok) return fault("failed", `The sign-in works, but it could not be kept. ${kept.fault.message}`);
  const { id } = kept.value;
  const gauges = parts.bookSpent(id, spent);
  const backfilled = parts.backfill(id, now);
  parts.sync.wake();
  const value = {
    integrationId: id,
    updated: existing !== undefined,
    account: account.name,
    details: account,
    limits: gauges.map(toLimit),
    created: [...setup.created],
    found: [...setup.found],
    backfilled,
    note,
  };
  return { ok: true, value } as const;
}

/** From the draft's place in the keychain, with all that a rotation changed meanwhile, to the integration's own. */
async function moveCredential(
  { vault }: ConnectParts,
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

async function add(parts: ConnectParts, draft: Integration, now: number): Promise<Kept> {
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

async function renew(
  parts: ConnectParts,
  old: Integration,
  draft: Integration,
  ask: ConnectAsk,
  now: number,
): Promise<Kept> {
  const { integrations, vault } = parts;
  const moved = await moveCredential(parts, draft, old.id);
  if (!moved.ok) return moved;
  integrations.update(
    old.id,
    {
      account: draft.account,
      baseUrl: ask.baseUrl,
      secret: draft.secret,
      settings: draft.settings,
      contract: draft.contract,
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
function activate({ integrations }: ConnectParts, id: number, now: number): Integration {
  const stored = integrations.get(id);
  if (stored === undefined) throw new Error("the integration is gone from the store");
  if (stored.state !== "blocked") return stored;
  return integrations.setState(id, "active", { at: now, reason: null, note: "connected again" });
}
