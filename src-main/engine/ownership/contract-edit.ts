import { isMap, parseDocument } from "yaml";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { FieldMode } from "../../../src-shared/domain/ownership.ts";

/** Whose a field is to be from now on. */
export type ModeChange = Readonly<{ object: string; field: string; own: FieldMode }>;

/** What a rule says of its value; a field that is the CRM's has none. */
const valueKeys = ["value", "trim", "alias"] as const;

/**
 * The text of a contract with some fields given to somebody else; comments, order and all other rules stay as they are. A
 * field that is taken back from the CRM gets what the standard contract fills it with. A sentence where that cannot be.
 */
export function changeModes(
  text: string,
  standardText: string,
  changes: readonly ModeChange[],
): Outcome<string, string> {
  const document = parseDocument(text);
  const standard = parseDocument(standardText);
  for (const { object, field, own } of changes) {
    const path = ["objects", object, "fields", field];
    const rule = document.getIn(path);
    if (!isMap(rule)) return { ok: false, fault: `The contract names no field ${field} of ${object}.` };
    rule.set("own", own);
    if (own === "crm") for (const key of valueKeys) rule.delete(key);
    else if (!rule.has("value")) {
      const usual = standard.getIn([...path, "value"], true);
      if (usual === undefined)
        return { ok: false, fault: `Nothing is known that ${field} of ${object} could be filled with.` };
      rule.set("value", usual);
    }
  }
  return { ok: true, value: document.toString({ lineWidth: 0 }) };
}
