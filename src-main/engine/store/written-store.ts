import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { DeliveryChange } from "../ports/delivery-store.ts";
import { fromJson, textList } from "./json-column.ts";

/** Columns of what stands in the CRM of a delivery; null where nothing does yet. */
export type WrittenColumns = Readonly<{ writtenSteps: string | null; writtenFields: string | null }>;

/** Selects them beside a delivery `d`, with the join that follows its tables. */
export const writtenColumns = "w.steps AS writtenSteps, w.fields AS writtenFields";
export const writtenJoin = "LEFT JOIN delivery_written w ON w.delivery_id = d.id";

/** Values as pushed last, with when (epoch ms), by vendor field. */
type PushedFields = Readonly<Record<string, readonly [value: string, at: number]>>;
const pushedFields = z.record(z.string(), z.tuple([z.string(), z.number()]));

const toSteps = ({ writtenSteps }: WrittenColumns): readonly string[] =>
  writtenSteps === null ? [] : fromJson(textList, writtenSteps);
const toFields = ({ writtenFields }: WrittenColumns): PushedFields =>
  writtenFields === null ? {} : fromJson(pushedFields, writtenFields);

/** Steps that are certain, and the value pushed last by vendor field. */
export function toWritten(
  columns: WrittenColumns,
): Readonly<{ steps: readonly string[]; pushed: Readonly<Record<string, string>> }> {
  const pushed = Object.entries(toFields(columns)).map(([field, [value]]) => [field, value] as const);
  return { steps: toSteps(columns), pushed: Object.fromEntries(pushed) };
}

type Told = Pick<DeliveryChange, "stepsDone" | "stepsUndone" | "resetSteps" | "pushed">;

/** Keeps what stands in the CRM, inside the caller's transaction. */
export function createWrittenKeeper(db: Database) {
  const save = db.prepare<[number, string, string]>(`
    INSERT INTO delivery_written (delivery_id, steps, fields) VALUES (?, ?, ?)
    ON CONFLICT (delivery_id) DO UPDATE SET steps = excluded.steps, fields = excluded.fields`);
  return {
    /** What a change of a delivery told, at epoch ms. */
    told(
      id: number,
      before: WrittenColumns,
      { stepsDone = [], stepsUndone = [], resetSteps, pushed = {} }: Told,
      at: number,
    ): void {
      const fields = Object.entries(pushed).map(([field, value]) => [field, [value, at]] as const);
      if (stepsDone.length + stepsUndone.length + fields.length === 0 && resetSteps !== true) return;
      const kept = resetSteps === true ? [] : toSteps(before).filter((step) => !stepsUndone.includes(step));
      const steps = [...new Set([...kept, ...stepsDone])];
      save.run(id, JSON.stringify(steps), JSON.stringify({ ...toFields(before), ...Object.fromEntries(fields) }));
    },
  };
}
