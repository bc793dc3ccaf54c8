import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { VendorError } from "./error-body.ts";
import { windowNames } from "./wire.ts";

/** Where a refusal hit: a new call, our own record by its id, a record it is linked to, a search, or something else. */
export type Subject = "create" | "call" | "linked" | "search" | "other";

/** What a named parameter is: a custom field that we mapped, another field of the contract, a link, or none of ours. */
type Named = "custom" | "field" | "link" | "type" | "owner" | "foreign";

type Verdict =
  | Readonly<{ as: "blocked" | "rejected"; reason: Reason }>
  | Readonly<{ as: "burst" | "daily" | "wall" | "locked" | "already_written" | "lost" }>;

/**
 * One row of the table: all conditions that are given must hold, and the first row that fits wins. `codes`: exact, or the
 * beginning where it ends in `*`. `named`: what the message points at. `anyBody`: also without Pipedrive's envelope;
 * `noBody`: only without it.
 */
export type FaultRow = Readonly<{
  statuses?: readonly number[];
  codes?: readonly string[];
  named?: readonly Named[];
  subjects?: readonly Subject[];
  isNotAllowed?: boolean;
  isRequired?: boolean;
  isScope?: boolean;
  isDaily?: boolean;
  anyBody?: true;
  noBody?: true;
  verdict: Verdict;
}>;

const blocked = (reason: Reason): Verdict => ({ as: "blocked", reason });
const rejected = (reason: Reason): Verdict => ({ as: "rejected", reason });
const schema = ["ERR_SCHEMA_VALIDATION_FAILED"];

/**
 * Pipedrive's codes and what each does to a delivery. Sources: the vendor's API descriptions and status pages of 2026, and
 * recorded answers. What may have been executed is `lost`, whatever its body says.
 */
export const faultTable: readonly FaultRow[] = [
  { statuses: [408, 500, 502, 503, 504], anyBody: true, verdict: { as: "lost" } },
  // The page of the network in front of the API, after refusals that nobody listened to.
  { statuses: [403], noBody: true, verdict: { as: "wall" } },
  { statuses: [429], isDaily: true, anyBody: true, verdict: { as: "daily" } },
  { statuses: [429], anyBody: true, verdict: { as: "burst" } },

  { statuses: [401], verdict: blocked("auth_revoked") },
  { statuses: [402], verdict: blocked("account_suspended") },
  { codes: ["feature_capping*"], verdict: rejected("limit_exhausted") },
  { statuses: [403], isScope: true, verdict: blocked("permission_denied") },
  { statuses: [403], verdict: rejected("permission_denied") },

  { statuses: [405, 415, 501], verdict: rejected("our_bug") },
  { statuses: [413], verdict: rejected("too_large") },
  { statuses: [423], verdict: { as: "locked" } },
  { statuses: [409], verdict: { as: "already_written" } },
  { statuses: [404, 410], subjects: ["call"], verdict: rejected("record_deleted") },
  { statuses: [404, 410], subjects: ["linked"], verdict: rejected("person_deleted") },
  { statuses: [404], named: ["link"], verdict: rejected("person_deleted") },
  { statuses: [410], verdict: blocked("our_bug") },

  { statuses: [400, 422], named: ["type"], verdict: blocked("setup_missing") },
  { statuses: [400, 422], named: ["owner"], verdict: rejected("mapping_error") },
  { codes: schema, named: ["custom", "field"], isNotAllowed: true, verdict: rejected("field_missing") },
  { codes: schema, named: ["custom", "field"], verdict: rejected("value_rejected") },
  { statuses: [400, 422], isRequired: true, verdict: rejected("rule_rejected") },
  { codes: schema, verdict: rejected("our_bug") },
  { statuses: [400, 422], verdict: rejected("value_rejected") },
];

export type FaultAsk = Readonly<{
  status: number;
  error: VendorError | undefined;
  kind: RequestKind;
  subject: Subject;
  /** Fields that the contract lets us write. */
  fields: ReadonlySet<string>;
  /** Whether the answer tells of the day's budget rather than of a burst. */
  isDaily: boolean;
  /** How long the vendor wants to be left alone, ms. */
  waitMs: number;
  correlationId: string | undefined;
  secrets: readonly string[];
}>;

const linkNames: ReadonlySet<string> = new Set(["participants", "person_id", "org_id", "deal_id"]);
const lockedMs = 5_000;
/** After the wall everything of the integration rests for this long at least. */
export const wallRestMs = 15 * 60_000;

function kindOf(name: string, fields: ReadonlySet<string>): Named {
  if (name === "type") return "type";
  if (name === "owner_id") return "owner";
  if (linkNames.has(name)) return "link";
  if (!fields.has(name)) return "foreign";
  return /^[0-9a-f]{40}$/.test(name) ? "custom" : "field";
}

const hasCode = (codes: readonly string[], code: string | undefined): boolean =>
  code !== undefined && codes.some((one) => (one.endsWith("*") ? code.startsWith(one.slice(0, -1)) : one === code));

const agrees = <T>(wanted: T | undefined, given: T | undefined): boolean => wanted === undefined || wanted === given;

function fits(row: FaultRow, { status, error, subject, fields, isDaily }: FaultAsk): boolean {
  if (error === undefined ? row.anyBody !== true && row.noBody !== true : row.noBody === true) return false;
  if (row.statuses !== undefined && !row.statuses.includes(status)) return false;
  if (row.codes !== undefined && !hasCode(row.codes, error?.code)) return false;
  if (row.subjects !== undefined && !row.subjects.includes(subject)) return false;
  const kinds = new Set((error?.named ?? []).map((name) => kindOf(name, fields)));
  if (row.named !== undefined && !row.named.some((kind) => kinds.has(kind))) return false;
  return (
    agrees(row.isDaily, isDaily) &&
    agrees(row.isNotAllowed, error?.isNotAllowed) &&
    agrees(row.isRequired, error?.isRequired) &&
    agrees(row.isScope, error?.isScope)
  );
}

/** The row of the table that decides this refusal, or undefined where none fits. */
export const findFaultRow = (ask: FaultAsk): FaultRow | undefined => faultTable.find((row) => fits(row, ask));

/** What became of a request that Pipedrive did not accept, from its status, envelope and what it aimed at. */
export function toFault(ask: FaultAsk): ConnectorFault {
  const { status, error, secrets, correlationId } = ask;
  const row = findFaultRow(ask);
  const answer = toAnswer({ status, code: error?.code, message: error?.message, correlationId }, secrets);
  if (row !== undefined) return render(row.verdict, ask, answer);
  // Without the vendor's own envelope nobody knows what was executed; an unknown code inside of it is a refusal.
  if (error === undefined || status >= 500 || status < 400)
    return toLostFault(ask.kind, { ...answer, message: error?.message ?? "no answer in Pipedrive's own form" });
  return { kind: "rejected", reason: "unknown", answer };
}

function render(verdict: Verdict, ask: FaultAsk, answer: ReturnType<typeof toAnswer>): ConnectorFault {
  const { kind, waitMs } = ask;
  switch (verdict.as) {
    case "lost":
      return toLostFault(kind, answer);
    case "blocked":
      return { kind: "blocked", reason: verdict.reason, answer };
    case "rejected": {
      const field = ask.error?.named.find((name) => ask.fields.has(name));
      return { kind: "rejected", reason: verdict.reason, ...(field === undefined ? {} : { field }), answer };
    }
    case "burst":
      return { kind: "rate_limited", retryAfterMs: waitMs, window: burstOf(ask.subject), answer };
    case "daily":
      return { kind: "rate_limited", retryAfterMs: waitMs, window: windowNames.day, answer };
    case "wall":
      return toWallFault(kind, answer);
    case "locked":
      return { kind: "transient", proof: "row_locked", retryAfterMs: lockedMs, answer };
    case "already_written":
      return { kind: "already_written", answer };
  }
}

const burstOf = (subject: Subject): string => (subject === "search" ? windowNames.search : windowNames.burst);

/** A write that met the wall may have passed it before; what was only read, or not sent, rests. */
export function toWallFault(kind: RequestKind, said: ReturnType<typeof toAnswer>): ConnectorFault {
  const answer = { ...said, code: "CLOUDFLARE", message: "Pipedrive's network blocks this integration for a while." };
  if (kind === "write") return { kind: "response_lost", answer };
  return { kind: "rate_limited", retryAfterMs: wallRestMs, window: windowNames.burst, answer };
}

/** Whether a fault says that the wall is up: then nothing more is sent. */
export const isWall = (fault: ConnectorFault): boolean => "answer" in fault && fault.answer.code === "CLOUDFLARE";
