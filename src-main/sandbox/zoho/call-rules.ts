import { parseDuration, toDurationText } from "./call-duration.ts";
import { toModuleName, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { invalidData, placeDetails, Refusal } from "./refusal.ts";
import type { Values, ZohoRecord } from "./zoho-record.ts";
import type { WireRecord } from "./zoho-call.ts";

/** Modules that `What_Id` may point to. */
const relatedModules: ReadonlySet<ModuleName> = new Set(["Leads", "Accounts", "Deals"]);

/** A call is over unless it is planned or was called off. */
function isCompleted(values: Values): boolean {
  const status = values["Outgoing_Call_Status"];
  return status !== "Scheduled" && status !== "Cancelled" && status !== "Overdue";
}

/** The module of What_Id after the write. Throws a `Refusal` where it is not said or cannot be. */
export function resolveRelated(
  given: WireRecord,
  before: ZohoRecord | undefined,
  values: Values,
  position: number,
): ModuleName | undefined {
  if (values["What_Id"] === undefined) return undefined;
  const named = given["$se_module"];
  const place = placeDetails({ position, field: "$se_module" });
  if (named === undefined || named === null) {
    if (before?.seModule !== undefined) return before.seModule;
    const dependee = { api_name: "What_Id", json_path: `$.data[${position}].What_Id` };
    throw new Refusal(400, "DEPENDENT_FIELD_MISSING", "dependent field missing", { dependee, ...place });
  }
  const module = typeof named === "string" ? toModuleName(named) : undefined;
  if (module === undefined || !relatedModules.has(module)) throw invalidData({ expected_data_type: "text", ...place });
  if (module === "Leads" && values["Who_Id"] !== undefined)
    throw new Refusal(400, "MAPPING_MISMATCH", "a lead and a contact cannot be related to the same call", {
      mapped_field: { api_name: "Who_Id", json_path: `$.data[${position}].Who_Id` },
      ...place,
    });
  return module;
}

/** What of a call may not change once it is there. Throws a `Refusal`. */
export function checkImmutable(before: ZohoRecord, values: Values, position: number): void {
  const fixed = isCompleted(before.values) ? ["Call_Type", "Owner", "Call_Start_Time"] : ["Call_Type"];
  const changed = fixed.find((field) => before.values[field] !== values[field]);
  if (changed !== undefined) throw invalidData(placeDetails({ position, field: changed }));
}

/**
 * The duration of a call that is over is wanted, in the org's unit, and gives the seconds; a missed call has none. What
 * of it may be written as seconds is one of the switches. Throws a `Refusal`.
 */
export function settleDuration(org: Org, given: WireRecord, values: Values, position: number): Values {
  const { callDurationUnit, callSecondsWritable } = org.config.current();
  const seconds = given["Call_Duration_in_seconds"];
  if (callSecondsWritable && typeof seconds === "number" && seconds >= 0)
    return {
      ...values,
      Call_Duration_in_seconds: seconds,
      Call_Duration: values["Call_Duration"] ?? toDurationText(seconds, callDurationUnit),
    };
  const text = values["Call_Duration"];
  const place = placeDetails({ position, field: "Call_Duration" });
  if (text === undefined) {
    if (values["Call_Type"] === "Missed" || !isCompleted(values)) return values;
    throw new Refusal(400, "MANDATORY_NOT_FOUND", "required field not found", place);
  }
  const parsed = typeof text === "string" ? parseDuration(text, callDurationUnit) : undefined;
  if (parsed === undefined)
    throw new Refusal(400, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct", place);
  return { ...values, Call_Duration_in_seconds: parsed };
}
