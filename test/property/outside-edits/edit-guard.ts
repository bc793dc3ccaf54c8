import type { HttpRequest } from "../../../src-main/engine/ports/http.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmCall, CrmStage } from "../../simulation/stage.ts";
import { Violation } from "../../simulation/violation.ts";

const textOf = (value: unknown): string => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : "";
};

/** Watches what leaves for a CRM, and what its records hold: nothing that is not ours, and every edit as it was made. */
export function createEditGuard(stage: CrmStage, contract: OwnershipContract) {
  const rules = contract.objects[stage.vendor.callObject]?.fields ?? {};
  const edits = new Map<string, Readonly<{ id: string; field: string; value: string }>>();
  const placeOf = (id: string, field: string): string => `${id} ${field}`;

  /** Whether the record holds the edit: as it is, or with our lines after it where the contract says so. */
  function isKept(field: string, value: string, held: string): boolean {
    const own = rules[field]?.own;
    if (own === "append") return held === value || held.startsWith(`${value}\n`) || value === "";
    // What was emptied may be filled where the contract fills what is empty.
    return held === value || (own === "fill-blank" && value === "");
  }

  return {
    /** At the door through which a request leaves. */
    onWrite(request: HttpRequest): void {
      const { pathname } = new URL(request.url);
      const sent: unknown = request.body === undefined || request.body === "" ? {} : JSON.parse(request.body);
      for (const { id, fields } of stage.vendor.rowsOf(request.method, pathname, sent ?? {}))
        for (const field of fields.filter((name) => !stage.vendor.frame.has(name))) {
          const own = rules[field]?.own;
          if (own === undefined || own === "crm")
            throw new Violation("no field outside the contract", `${stage.crm} ${id ?? "new"} ${field}`);
        }
    },
    /** After each write that the CRM executed, and at the end. */
    check(calls: readonly CrmCall[] = stage.calls()): void {
      const held = new Map(calls.map((call) => [call.id, call.fields]));
      for (const { id, field, value } of edits.values()) {
        const now = textOf(held.get(id)?.[field]);
        if (!isKept(field, value, now))
          throw new Violation(
            "outside edits stay",
            `${stage.crm} ${id} ${field} (${rules[field]?.own ?? "not in the contract"}) was "${value}" and is "${now}"`,
          );
      }
    },
    noteEdit: (id: string, field: string, value: string): void =>
      void edits.set(placeOf(id, field), { id, field, value }),
    /** A person said that this value may be overwritten: that edit, and no later one. */
    noteOverwritable(id: string, field: string, value: string): void {
      if (edits.get(placeOf(id, field))?.value === value) edits.delete(placeOf(id, field));
    },
    count: (): number => edits.size,
  };
}

export type EditGuard = ReturnType<typeof createEditGuard>;
