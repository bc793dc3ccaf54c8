import { lookupIdOf } from "./field-values.ts";
import { toModuleName, type ModuleName } from "./modules.ts";
import { invalidData, placeDetails, Refusal } from "./refusal.ts";
import type { WireRecord } from "./zoho-call.ts";
import type { ZohoRecord } from "./zoho-record.ts";

/**
 * The module of the record that a note hangs on: inside `Parent_Id` as `{"module":{"api_name":…},"id":…}`, or beside it in
 * `$se_module` (`se_module` of older versions). Throws a `Refusal` where it is not said or is none.
 */
export function resolveParent(
  given: WireRecord,
  before: ZohoRecord | undefined,
  position: number,
): ModuleName | undefined {
  const parent = given["Parent_Id"];
  if (parent === undefined || parent === null) return before?.seModule;
  const named = moduleIn(parent) ?? given["$se_module"] ?? given["se_module"];
  const place = placeDetails({ position, field: "Parent_Id" });
  if (named === undefined || named === null) {
    if (before !== undefined && before.values["Parent_Id"] === lookupIdOf(parent)) return before.seModule;
    const dependee = { api_name: "Parent_Id", json_path: `$.data[${position}].Parent_Id` };
    throw new Refusal(400, "DEPENDENT_FIELD_MISSING", "dependent field missing", {
      dependee,
      ...placeDetails({ position, field: "$se_module" }),
    });
  }
  const module = typeof named === "string" ? toModuleName(named) : undefined;
  if (module === undefined || module === "Notes") throw invalidData({ expected_data_type: "module", ...place });
  return module;
}

function moduleIn(parent: unknown): unknown {
  if (typeof parent !== "object" || parent === null || !("module" in parent)) return undefined;
  const { module } = parent;
  return typeof module === "object" && module !== null && "api_name" in module ? module.api_name : module;
}
