import { z } from "zod";
import { callOutcome } from "../domain/call-outcome.ts";
import { conflictVerdict } from "../domain/conflict.ts";
import { credentialFields } from "../domain/credential.ts";
import { crmType, envSecret, unknownCaller } from "../domain/integration.ts";
import { logMapping } from "../domain/log-mapping.ts";
import { fieldMode } from "../domain/ownership.ts";
import { sourceSettings } from "../domain/source-settings.ts";
import { auditEntryView, auditVerificationView } from "./audit-views.ts";
import { callCounts, callPage, callSpan, callWeek } from "./call-views.ts";
import { conflictPage, conflictView } from "./conflict-views.ts";
import { alertChannel, alertSettings, emailChannel, webhookChannel } from "../domain/alert.ts";
import { silenceSettings } from "../domain/silence.ts";
import { alertsView } from "./alert-views.ts";
import { crmCheckView } from "./check-views.ts";
import { crmCheckKind } from "../domain/crm-check.ts";
import { examination } from "./doctor-views.ts";
import { erasureView } from "./erasure-views.ts";
import { deadGroupView, deadLetterView, deadRunView } from "./dead-letter-views.ts";
import { importProgress, importSummary, sourceView } from "./ingest-views.ts";
import { mappingProposal, savedMapping } from "./mapping-views.ts";
import { connectedView, integrationView, checkView } from "./integration-views.ts";
import { matchChangeView, matchChoice, matchTrialView } from "./match-views.ts";
import { mirrorView } from "./mirror-views.ts";
import { ownNumberView } from "./own-number-views.ts";
import { contractView, payloadPreview } from "./ownership-views.ts";
import { statementView, statusView } from "./report-views.ts";
import { silenceView } from "./silence-views.ts";
import { teamSettings } from "../domain/team.ts";
import { teamAnswer } from "./team-views.ts";
import { retentionSettings } from "../domain/retention.ts";
import { retentionView } from "./retention-views.ts";
import { storyAnswer } from "./story-views.ts";
import { supportReport } from "./support-views.ts";
import { writtenView } from "./written-views.ts";
import { syncProgressView, syncSummaryView } from "./sync-views.ts";

const nothing = z.strictObject({});
const integrationId = z.int().positive();
/** A company's slug: typed once, part of every idempotency key. Capitals are made small, so that `Acme` and `acme` are one. */
export const tenantSlug = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    "A tenant's name has letters, digits, dots, hyphens and underscores only (at most 63), and no spaces",
  );
const timeZone = z.string().refine(isTimeZone, "not a time zone of the IANA list, such as Europe/London");
const text = z.string().trim().min(1).max(500);
const note = z.string().trim().max(1_000);

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** How a log is to be read: the options of `import` and `source add`. */
const reading = {
  tenant: tenantSlug,
  /** Name of the phone system; default: the format's name. */
  system: text.max(100).optional(),
  /** Name of a format, or `auto`. */
  format: text.max(100),
  settings: sourceSettings,
};

/** How long a person has to sign in in the browser, ms. */
const signInPatienceMs = z.int().min(1_000).max(3_600_000);
/**
 * What `connect` signs in with: the credential for the keychain (the one message that ever holds one), a variable's
 * name, or an app with which a person signs in in a browser; what comes of that goes into the keychain.
 */
const connectSecret = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("keychain"), credential: credentialFields }),
  z.strictObject({
    kind: z.literal("browser"),
    app: credentialFields,
    waitMs: signInPatienceMs,
  }),
  envSecret,
]);
const pageToOpen = z.strictObject({ openUrl: z.url({ protocol: /^https?$/ }) });

/** Settings of a CRM, as a person writes them; the connector knows which there are. */
const givenSettings = z.record(
  z.string().max(100),
  z.union([z.string().max(1_000), z.number(), z.boolean(), z.array(z.string().max(1_000)).max(100), z.null()]),
);

const read = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ kind: "read", input, output, progress: z.never() }) as const;
const change = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ kind: "change", input, output, progress: z.never() }) as const;
const longChange = <I extends z.ZodType, O extends z.ZodType, P extends z.ZodType>(input: I, output: O, progress: P) =>
  ({ kind: "change", input, output, progress }) as const;

/**
 * Every call that the engine answers: over the local socket, to the engine host, in process. `read` changes nothing and
 * works beside a running engine; `change` carries a request id and is done once. Paths are absolute, times epoch ms.
 */
export const ipcCalls = {
  "integrations:list": read(nothing, z.strictObject({ integrations: z.array(integrationView) })),
  /** Progress: the page that the person's browser is to open. */
  "integrations:connect": longChange(
    z.strictObject({
      crm: crmType,
      tenant: tenantSlug,
      baseUrl: z.url({ protocol: /^https?$/ }).nullable(),
      label: text.nullable(),
      unknownCaller: unknownCaller.nullable(),
      since: z.int().nullable(),
      secret: connectSecret,
      setup: z.boolean(),
      settings: givenSettings.optional(),
    }),
    connectedView,
    pageToOpen,
  ),
  /**
   * A person signs in again to an account that was connected by a sign-in in the browser; the app is the one in the
   * keychain, and another account than this one is refused. Progress as at connect.
   */
  "integrations:signIn": longChange(
    z.strictObject({ id: integrationId, waitMs: signInPatienceMs }),
    connectedView,
    pageToOpen,
  ),
  /** Settings that are given replace those of before; null takes one back to its default. `note`: what is left to do. */
  "integrations:set": change(
    z.strictObject({ id: integrationId, settings: givenSettings }),
    z.strictObject({ integration: integrationView, note: z.string().nullable() }),
  ),
  "integrations:check": change(z.strictObject({ id: integrationId }), checkView),
  "integrations:pause": change(z.strictObject({ id: integrationId, note }), integrationView),
  "integrations:resume": change(z.strictObject({ id: integrationId, note }), integrationView),
  "integrations:remove": change(z.strictObject({ id: integrationId }), z.strictObject({ removed: integrationId })),

  "sources:list": read(nothing, z.strictObject({ sources: z.array(sourceView) })),
  "sources:add": change(z.strictObject({ path: text.max(4_096), ...reading }), sourceView),
  "sources:remove": change(z.strictObject({ id: z.int().positive() }), z.strictObject({ removed: z.int() })),

  "ingest:import": longChange(
    z.strictObject({ paths: z.array(z.string().min(1).max(4_096)).min(1).max(10_000), ...reading }),
    importSummary,
    importProgress,
  ),

  /** What is wrong with files, and what would be done about it, before anything is stored. Reads the beginning of long ones. */
  "ingest:examine": read(
    z.strictObject({
      paths: z.array(z.string().min(1).max(4_096)).min(1).max(1_000),
      format: reading.format,
      settings: sourceSettings,
    }),
    z.strictObject({ files: z.array(examination) }),
  ),
  /** How a table would be read, what speaks for it, what has to be asked, and ten calls. Stores nothing. */
  "mappings:propose": read(
    z.strictObject({ path: z.string().min(1).max(4_096), settings: sourceSettings }),
    mappingProposal,
  ),
  /** Keeps how tables with this file's header are read; refused while a question is open without which no call can be told. */
  "mappings:save": change(
    z.strictObject({ path: z.string().min(1).max(4_096), settings: sourceSettings, name: text.max(100) }),
    savedMapping,
  ),
  "mappings:list": read(nothing, z.strictObject({ mappings: z.array(logMapping) })),
  "mappings:remove": change(
    z.strictObject({ fingerprint: logMapping.shape.fingerprint }),
    z.strictObject({ removed: logMapping.shape.fingerprint }),
  ),

  "sync:run": longChange(
    z.strictObject({
      until: z.enum(["idle", "stopped"]),
      idleHorizonMs: z.int().nonnegative(),
      maxMs: z.int().positive().nullable(),
    }),
    syncSummaryView,
    syncProgressView,
  ),

  "mirror:status": read(z.strictObject({ id: integrationId }), mirrorView),
  /** Brings the copy of the CRM's people up to date now. */
  "mirror:sync": longChange(z.strictObject({ id: integrationId }), mirrorView, mirrorView),
  /** What would be decided about a number, by the copy as it is; nothing is asked or changed. */
  "match:test": read(
    z.strictObject({ number: text, id: integrationId.nullable(), agent: text.nullable() }),
    z.strictObject({ number: z.string(), trials: z.array(matchTrialView) }),
  ),
  /** What a person needs to say whose a call is: who it may be, what speaks for each, and what every rule said. */
  "match:choice": read(z.strictObject({ deliveryId: z.int().positive() }), matchChoice),
  /** Says whose a call is. `rule`: from now on for its number; `past`: for the calls there were with it, too. */
  "match:set": change(
    z.strictObject({
      call: text,
      tenant: tenantSlug.optional(),
      id: integrationId,
      person: z.strictObject({ object: text.max(100), id: text.max(100) }),
      rule: z.boolean(),
      past: z.boolean(),
    }),
    matchChangeView,
  ),
  /** Takes the newest correction of a call back, with its rule and with what it changed in the past. */
  "match:undo": change(
    z.strictObject({ call: text, tenant: tenantSlug.optional(), id: integrationId }),
    matchChangeView,
  ),

  /** The house's own numbers, as the logs propose them and people settled them. */
  "ownNumbers:list": read(z.strictObject({ tenant: tenantSlug }), z.strictObject({ numbers: z.array(ownNumberView) })),
  /** Whether a number is the house's own; null takes back what was said. */
  "ownNumbers:say": change(
    z.strictObject({ tenant: tenantSlug, number: text, isOwn: z.boolean().nullable() }),
    z.strictObject({ numbers: z.array(ownNumberView) }),
  ),

  "status:get": read(nothing, statusView),
  /** Calls, newest read first, by keyset. `text`: an id, a number or a part of one, or words of the audit log; empty for all. */
  "calls:list": read(
    z.strictObject({
      text: z.string().trim().max(500),
      outcome: callOutcome.nullable(),
      before: z.int().positive().nullable(),
      limit: z.int().min(1).max(200),
      span: callSpan,
    }),
    callPage,
  ),
  /** How many of the calls that such a list shows stand where; of very many, the newest are counted. */
  "calls:count": read(z.strictObject({ text: z.string().trim().max(500), span: callSpan }), callCounts),
  /** How many calls began in each of the last weeks (some years), newest first; weeks without calls are left out. */
  "calls:weeks": read(nothing, z.strictObject({ weeks: z.array(callWeek) })),
  "reports:why": read(z.strictObject({ text, tenant: tenantSlug.optional(), timeZone }), storyAnswer),
  /** What a CRM got of a call, or would get: field by field, and as it was sent. */
  "reports:written": read(z.strictObject({ deliveryId: z.int().positive() }), writtenView),
  "reports:statement": read(
    z.strictObject({ date: z.iso.date(), timeZone, skippedRows: z.int().min(0).max(1_000) }),
    statementView,
  ),

  /** Looks into the CRMs that ended on a day. */
  "checks:list": read(
    z.strictObject({ date: z.iso.date(), timeZone }),
    z.strictObject({ checks: z.array(crmCheckView) }),
  ),
  /** Looks into the CRMs now: all of them, or one. `sample`: calls that are read back from each. */
  "checks:run": change(
    z.strictObject({
      id: integrationId.nullable(),
      kinds: z.array(crmCheckKind).min(1).max(2),
      sample: z.int().min(1).max(1_000),
    }),
    z.strictObject({ checks: z.array(crmCheckView) }),
  ),

  /** How each source is listened to, and which are silent. */
  "silence:list": read(nothing, z.strictObject({ sources: z.array(silenceView) })),
  "silence:set": change(z.strictObject({ id: z.int().positive(), settings: silenceSettings.partial() }), silenceView),

  "alerts:show": read(nothing, alertsView),
  /** `password`: for the keychain, where the channel's secret is to live there. */
  "alerts:setEmail": change(
    z.strictObject({ email: emailChannel, password: z.string().min(1).max(1_000).nullable() }),
    alertsView,
  ),
  /** Makes a secret, which is given back once, unless a variable has it. */
  "alerts:setWebhook": change(
    z.strictObject({ url: webhookChannel.shape.url, secretFromEnv: envSecret.shape.name.nullable() }),
    alertsView.extend({ secret: z.string().nullable() }),
  ),
  "alerts:set": change(alertSettings.pick({ afterMinutes: true, perHour: true, digestAt: true }).partial(), alertsView),
  /** Sends a test now; `problem` null: it went. */
  "alerts:test": change(
    nothing,
    z.strictObject({ results: z.array(z.strictObject({ channel: alertChannel, problem: z.string().nullable() })) }),
  ),
  "alerts:remove": change(z.strictObject({ channel: alertChannel }), alertsView),

  /** The Redis through which PCs share the limits of an account; null: there is none. */
  "team:show": read(nothing, teamAnswer),
  /** `password`: for the keychain, where it is to live there. A Redis that cannot be used is refused. */
  "team:set": change(
    z.strictObject({ settings: teamSettings, password: z.string().min(1).max(1_000).nullable() }),
    teamAnswer,
  ),
  "team:remove": change(nothing, teamAnswer),

  "ownership:show": read(z.strictObject({ id: integrationId }), contractView),
  /** `yaml` null: back to the CRM's default. A contract that would lose the key of calls is refused. */
  "ownership:set": change(
    z.strictObject({ id: integrationId, yaml: z.string().max(262_144).nullable() }),
    contractView,
  ),
  /** Gives fields to somebody else, as `ownership:set` with a file that is changed so and in nothing else. */
  "ownership:change": change(
    z.strictObject({
      id: integrationId,
      changes: z
        .array(z.strictObject({ object: text.max(100), field: text.max(100), own: fieldMode }))
        .min(1)
        .max(500),
    }),
    contractView,
  ),
  "ownership:preview": read(
    z.strictObject({ id: integrationId, call: text, tenant: tenantSlug.optional() }),
    payloadPreview,
  ),

  /** Fields of ours that somebody changed in a CRM, newest first, by keyset. `all`: also what is decided or passed. */
  "conflicts:list": read(
    z.strictObject({
      id: integrationId.nullable(),
      all: z.boolean(),
      before: z.int().positive().nullable(),
      limit: z.int().min(1).max(1_000),
    }),
    conflictPage,
  ),
  "conflicts:show": read(z.strictObject({ id: z.int().positive() }), conflictView),
  /** `use_ours` overwrites what was shown, and nothing else that the CRM may hold by then. */
  "conflicts:settle": change(z.strictObject({ id: z.int().positive(), verdict: conflictVerdict, note }), conflictView),

  "audit:search": read(
    z.strictObject({ text: z.string().max(500), limit: z.int().min(1).max(1_000) }),
    z.strictObject({ entries: z.array(auditEntryView) }),
  ),
  "audit:verify": read(nothing, auditVerificationView),
  "audit:page": read(
    z.strictObject({ afterId: z.int().nonnegative(), limit: z.int().min(1).max(1_000) }),
    z.strictObject({ entries: z.array(auditEntryView) }),
  ),

  "deadLetters:list": read(nothing, z.strictObject({ groups: z.array(deadGroupView) })),
  "deadLetters:show": read(
    z.strictObject({ target: text, limit: z.int().min(1).max(1_000), timeZone }),
    z.strictObject({ group: deadGroupView.nullable(), letters: z.array(deadLetterView) }),
  ),
  /** `target`: a group, one delivery, or `TARGET@TIME`: what was acknowledged of it since that time (epoch ms). */
  "deadLetters:replay": change(z.strictObject({ target: text, note }), z.strictObject({ replayed: z.int() })),
  "deadLetters:acknowledge": change(z.strictObject({ target: text, note }), z.strictObject({ acknowledged: z.int() })),
  /** Takes back what one acknowledgement (a number of the history) left acknowledged: its calls are sent again. */
  "deadLetters:undo": change(z.strictObject({ run: z.int().positive(), note }), z.strictObject({ replayed: z.int() })),
  /** Everything that was done with dead letters, newest first; `target`: with this group or delivery alone. */
  "deadLetters:history": read(
    z.strictObject({ target: text.nullable(), limit: z.int().min(1).max(1_000) }),
    z.strictObject({ runs: z.array(deadRunView) }),
  ),

  /** What those who help need to know, without anything that is secret or about a person. */
  "support:report": read(nothing, supportReport),

  /** Copies the data to `to`, or to a dated file in the data folder's `backups`. */
  "backup:create": change(
    z.strictObject({ to: z.string().min(1).max(4_096).nullable() }),
    z.strictObject({ file: z.string(), bytes: z.int().nonnegative() }),
  ),
  /** What is kept how long. */
  "retention:show": read(nothing, retentionView),
  "retention:set": change(retentionSettings.partial(), retentionView),
  /** Takes out now what is over. `done`: rows and pages by task. */
  "retention:run": change(
    nothing,
    retentionView.extend({ done: z.record(z.string(), z.int()), bytesBefore: z.int().nonnegative() }),
  ),
  /** Finds (`rehearse`) or erases one person's data by number. `backups`: also replaces the backups, which still have it. */
  "erase:number": change(
    z.strictObject({
      number: text.max(40),
      /** Country of a number without its country code, two letters. */
      country: z.string().length(2).optional(),
      rehearse: z.boolean(),
      backups: z.boolean(),
    }),
    erasureView,
  ),
} as const satisfies Record<
  string,
  { kind: "read" | "change"; input: z.ZodType; output: z.ZodType; progress: z.ZodType }
>;

export type IpcCalls = typeof ipcCalls;
export type CallName = keyof IpcCalls;
export type CallInput<C extends CallName> = z.output<IpcCalls[C]["input"]>;
/** What a caller passes. */
export type CallAsk<C extends CallName> = z.input<IpcCalls[C]["input"]>;
export type CallOutput<C extends CallName> = z.output<IpcCalls[C]["output"]>;
export type CallProgress<C extends CallName> = z.output<IpcCalls[C]["progress"]>;

/** Whether text is the name of a call. */
export const isCallName = (name: string): name is CallName => Object.hasOwn(ipcCalls, name);

/**
 * Why a call was not done. `bad_input`: what was asked cannot be (unknown name, missing file, wrong value). `failed`:
 * the work was tried and failed. `busy`: somebody else holds what is needed. `canceled`: the caller gave up.
 * `internal`: a bug; details are in the engine's log only.
 */
export const callFault = z.strictObject({
  code: z.enum(["bad_input", "failed", "busy", "canceled", "internal"]),
  /** One sentence: what, where, what to do. */
  message: z.string(),
});
export type CallFault = Readonly<z.infer<typeof callFault>>;
