import { z } from "zod";

export const callDirection = z.enum(["inbound", "outbound", "internal"]);
export type CallDirection = z.infer<typeof callDirection>;

/** `answered`: a person talked. `busy` and `failed` only for outbound and internal calls. Everything else that nobody answered is `missed`. */
export const callStatus = z.enum(["answered", "voicemail", "busy", "failed", "missed"]);
export type CallStatus = z.infer<typeof callStatus>;

/** A party of a call: E.164 (`+44…`), an own extension (`ext:204`), a short code as dialled, or null (withheld, lost, masked). */
export type Party = string | null;

/**
 * One phone call as every format yields it.
 * `logId`: the log's own key as text, null where the log has none. `startedAt`: epoch ms (whole seconds), when ringing
 * began on the first leg. `durationSeconds`: talk with a person, 0 for everything not answered, also voicemail.
 * `agent`: who talked last (inbound) or dialled (outbound, internal); `ext:NNN`, or the name as written, or null.
 */
export const callRecord = z.strictObject({
  logId: z.string().nullable(),
  direction: callDirection,
  status: callStatus,
  from: z.string().nullable(),
  to: z.string().nullable(),
  startedAt: z.int(),
  startedAtPrecision: z.enum(["second", "minute"]),
  startedAtAlternatives: z.array(z.int()),
  durationSeconds: z.int().nonnegative(),
  agent: z.string().nullable(),
  legs: z.int().positive(),
});
export type CallRecord = Readonly<z.infer<typeof callRecord>>;

/** Why a row of a log gives no leg of a call. Every row is a leg or is listed under one of these. */
export const skipReason = z.enum([
  "duplicate",
  "malformed",
  "truncated_tail",
  "totals_row",
  "page_header",
  "repeated_header",
  "date_record",
  "non_call",
  "cmr_record",
  "in_progress",
  "invalid_date",
  "orphan_leg",
  "temporary_file",
]);
export type SkipReason = z.infer<typeof skipReason>;

/** One row that gave no leg. `line`: 1-based physical line where the record starts; `detail` names field and value in plain words. */
export const skippedRow = z.strictObject({
  file: z.string().optional(),
  line: z.int().positive().optional(),
  reason: skipReason,
  detail: z.string().optional(),
});
export type SkippedRow = Readonly<z.infer<typeof skippedRow>>;

/** Why policy leaves a call out of the CRMs. Each has a switch in the source's settings (`exclude`) or the integration's start date. */
export const exclusionReason = z.enum(["internal", "withheld", "too_short", "before_start", "erased"]);
export type ExclusionReason = z.infer<typeof exclusionReason>;
