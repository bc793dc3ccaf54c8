import type { Database } from "better-sqlite3";
import type { DeliveryChange } from "../ports/delivery-store.ts";
import { fromJson, numberMap, textList, textMap } from "./json-column.ts";

/** Columns of what stands in the CRM of a delivery; null where nothing does yet. */
export type WrittenColumns = Readonly<{ writtenSteps: string | null; writtenFields: string | null }>;

/** Selects them beside a delivery `d`, with the join that follows its tables. */
export const writtenColumns = "w.steps AS writtenSteps, w.fields AS writtenFields";
export const writtenJoin = "LEFT JOIN delivery_written w ON w.delivery_id = d.id";

type Values = Readonly<Record<string, string>>;

const toSteps = ({ writtenSteps }: WrittenColumns): readonly string[] =>
  writtenSteps === null ? [] : fromJson(textList, writtenSteps);
const toFields = ({ writtenFields }: WrittenColumns): Values =>
  writtenFields === null ? {} : fromJson(textMap, writtenFields);

/** Steps that are certain, and the value pushed last by vendor field. */
export const toWritten = (columns: WrittenColumns): Readonly<{ steps: readonly string[]; pushed: Values }> => ({
  steps: toSteps(columns),
  pushed: toFields(columns),
});

type Told = Pick<DeliveryChange, "stepsDone" | "stepsUndone" | "resetSteps" | "pushed">;
type PushTimes = Readonly<{ pushedAt: number | null; earlier: string }>;

/** Keeps what stands in the CRM, inside the caller's transaction. */
export function createWrittenKeeper(db: Database) {
  const save = db.prepare<[number, string, string, number | null, string]>(`
    INSERT INTO delivery_written (delivery_id, steps, fields, pushed_at, earlier) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (delivery_id) DO UPDATE SET steps = excluded.steps, fields = excluded.fields,
      pushed_at = excluded.pushed_at, earlier = excluded.earlier`);
  const pushTimes = db.prepare<[number], PushTimes>(
    "SELECT pushed_at AS pushedAt, earlier FROM delivery_written WHERE delivery_id = ?",
  );

  /** Times after a push at epoch ms: fields that it does not name keep theirs. */
  function toTimes(id: number, before: WrittenColumns, pushed: Values, at: number): PushTimes {
    const isPush = Object.keys(pushed).length > 0;
    const known = before.writtenSteps === null ? undefined : pushTimes.get(id);
    if (known === undefined) return { pushedAt: isPush ? at : null, earlier: "{}" };
    if (!isPush) return known;
    const times = fromJson(numberMap, known.earlier);
    const kept = Object.keys(toFields(before)).filter((field) => !Object.hasOwn(pushed, field));
    const earlier = kept.map((field) => [field, times[field] ?? known.pushedAt]);
    return { pushedAt: at, earlier: JSON.stringify(Object.fromEntries(earlier)) };
  }

  return {
    /** What a change of a delivery told, at epoch ms. */
    told(
      id: number,
      before: WrittenColumns,
      { stepsDone = [], stepsUndone = [], resetSteps, pushed = {} }: Told,
      at: number,
    ): void {
      const isNothing = stepsDone.length + stepsUndone.length + Object.keys(pushed).length === 0;
      if (isNothing && resetSteps !== true) return;
      const kept = resetSteps === true ? [] : toSteps(before).filter((step) => !stepsUndone.includes(step));
      const steps = [...new Set([...kept, ...stepsDone])];
      const fields = JSON.stringify({ ...toFields(before), ...pushed });
      const { pushedAt, earlier } = toTimes(id, before, pushed, at);
      save.run(id, JSON.stringify(steps), fields, pushedAt, earlier);
    },
  };
}
