import { isActivity, type ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { withFullName, type PlannedWrite } from "./record-plan.ts";
import { toWholeSecond, type Actor, type FieldValue, type Values, type ZohoRecord } from "./zoho-record.ts";

export type RecordWriter = {
  /** Does a planned write. Automation runs only where the request's `trigger` lets it. */
  readonly commit: (plan: PlannedWrite, runsAutomation: boolean) => ZohoRecord;
  /** A record as given, by a colleague or by automation: no rule is asked. */
  readonly store: (ask: StoreAsk) => ZohoRecord;
  readonly change: (before: ZohoRecord, change: Partial<ZohoRecord>, actor: Actor) => ZohoRecord;
  readonly remove: (record: ZohoRecord, actor: Actor) => void;
  readonly restore: (record: ZohoRecord, actor: Actor) => ZohoRecord;
  /** Forgets edits of the CRM's automation that are still to come. */
  readonly clear: () => void;
};

export type StoreAsk = {
  readonly module: ModuleName;
  readonly values: Values;
  readonly seModule: ModuleName | undefined;
  readonly actor: Actor;
};

export function createRecordWriter(org: Org): RecordWriter {
  const { clock, config, records, registry } = org;
  const pending = new Set<() => void>();
  const now = (): number => toWholeSecond(clock.now());
  const put = (record: ZohoRecord, actor: Actor): ZohoRecord => {
    const { Tag: names } = record.values;
    if (typeof names === "object") for (const name of names) org.tags.ensure(record.module, name, actor);
    records.put(record);
    return record;
  };
  const store = ({ module, values, seModule, actor }: StoreAsk): ZohoRecord => {
    const at = now();
    const record: ZohoRecord = {
      id: records.nextId(),
      module,
      values,
      seModule,
      createdAt: at,
      modifiedAt: at,
      createdBy: actor,
      modifiedBy: actor,
      deleted: undefined,
      conversion: undefined,
    };
    return put(record, actor);
  };
  const change = (before: ZohoRecord, changed: Partial<ZohoRecord>, actor: Actor): ZohoRecord => {
    return put({ ...before, modifiedAt: now(), modifiedBy: actor, ...changed }, actor);
  };
  const automate = (record: ZohoRecord, on: "create" | "update"): void => {
    for (const edit of config.current().automationEdits) {
      if (edit.object !== record.module || edit.on !== on) continue;
      const run = (): void => {
        const before = records.live(record.module, record.id);
        if (before === undefined) return;
        change(before, { values: withFullName(withChanges(before.values, edit.set)) }, org.otherUser());
      };
      if (edit.afterMs === 0) {
        run();
        continue;
      }
      const cancel = clock.after(edit.afterMs, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
    }
  };
  const touchParents = (plan: PlannedWrite, actor: Actor): void => {
    if (!isActivity(plan.module)) return;
    for (const parent of plan.linked) {
      const values = { ...parent.values, Last_Activity_Time: now() };
      const isMoved = config.current().callMovesParentModifiedTime && plan.before === undefined;
      if (isMoved) change(parent, { values }, actor);
      else records.put({ ...parent, values });
    }
  };
  const learnOptions = ({ module, values }: PlannedWrite): void => {
    const purpose = values["Call_Purpose"];
    const known = registry.allFields("Calls").get("Call_Purpose")?.picklist ?? [];
    if (module !== "Calls" || typeof purpose !== "string" || known.includes(purpose)) return;
    registry.addOption("Calls", "Call_Purpose", purpose);
  };
  return {
    commit: (plan, runsAutomation) => {
      const actor = org.tokenUser();
      const { module, before, values, seModule } = plan;
      learnOptions(plan);
      const record =
        before === undefined ? store({ module, values, seModule, actor }) : change(before, { values, seModule }, actor);
      touchParents(plan, actor);
      if (runsAutomation) automate(record, before === undefined ? "create" : "update");
      return record;
    },
    store,
    change,
    remove: (record, actor) => records.put({ ...record, deleted: { at: now(), by: actor } }),
    restore: (record, actor) => {
      const restored = { ...record, deleted: undefined };
      if (config.current().restoreMovesModifiedTime) return change(restored, {}, actor);
      records.put(restored);
      return restored;
    },
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}

/** Values with a colleague's or an automation's changes; null and "" clear a field. */
export function withChanges(values: Values, set: Readonly<Record<string, unknown>>): Values {
  const changed = new Map<string, FieldValue>(Object.entries(values));
  for (const [name, value] of Object.entries(set)) {
    if (value === null || value === undefined || value === "") changed.delete(name);
    else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      changed.set(name, value);
    else if (Array.isArray(value) && value.every((each) => typeof each === "string")) changed.set(name, value);
  }
  return Object.fromEntries(changed);
}
