import type { CallRecord, ExclusionReason } from "../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";

/** Why policy leaves a call out, judged by the call alone (not by an integration's start date). */
export type CallExclusion = Exclude<ExclusionReason, "before_start" | "erased">;

/**
 * The source's policy as a function: internal calls and calls whose outside party is unknown are left out unless the
 * settings say otherwise; `shorterThanSeconds` concerns answered calls only, for a missed call has no length.
 */
export function createExclusion(settings: SourceSettings): (record: CallRecord) => CallExclusion | null {
  const internal = settings.exclude?.internal ?? true;
  const withheld = settings.exclude?.withheld ?? true;
  const shortest = settings.exclude?.shorterThanSeconds ?? 0;
  return (record) => {
    if (record.direction === "internal") return internal ? "internal" : null;
    const outside = record.direction === "inbound" ? record.from : record.to;
    if (withheld && outside === null) return "withheld";
    return record.status === "answered" && record.durationSeconds < shortest ? "too_short" : null;
  };
}
