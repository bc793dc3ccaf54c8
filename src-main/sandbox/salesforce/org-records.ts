import type { SandboxClock } from "../core/clock.ts";
import { createRecordStore, type DelayedView, type RecordStore } from "../core/record-store.ts";
import type { RecordIndex, RecordView } from "../core/record-view.ts";
import type { ConfigSource } from "./configuration.ts";
import type { FieldDefinition } from "./field-definition.ts";
import { isListed, objectTypes, recordObjects, type ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import { toTails } from "./phone-tokens.ts";
import { toRecordId } from "./record-id.ts";
import type { Schema } from "./schema.ts";

/** All records of the org, those in the recycle bin included, with what reads and the search index show of them. */
export type OrgRecords = {
  readonly current: (object: ObjectName) => RecordView<OrgRecord>;
  /** SOQL and reads by external id: lags by `readLagMs`. */
  readonly readView: (object: ObjectName) => RecordView<OrgRecord>;
  /** The search index: lags by `searchLagMs`. */
  readonly searchView: (object: ObjectName) => RecordView<OrgRecord>;
  readonly put: (record: OrgRecord) => void;
  /** Gone for good. */
  readonly remove: (object: ObjectName, id: string) => void;
  readonly nextId: (object: ObjectName) => string;
  readonly isVisible: (record: OrgRecord) => boolean;
  /** A record by id, the recycle bin included until its time is up. */
  readonly find: (object: ObjectName, id: string) => OrgRecord | undefined;
  /** Ids that were deleted for good or lie in the bin, with the time of deletion. */
  readonly deletions: (object: ObjectName) => readonly { readonly id: string; readonly at: number }[];
  readonly noteDeletion: (object: ObjectName, id: string, at: number) => void;
  readonly clear: () => void;
};

type ObjectState = {
  readonly store: RecordStore<OrgRecord>;
  readonly read: DelayedView<OrgRecord>;
  readonly search: DelayedView<OrgRecord>;
  readonly deletions: { id: string; at: number }[];
  readonly indexed: Set<string>;
  nextId: number;
};

export const phoneTailIndex = "phone-tail";

export function keyIndex(field: string): string {
  return `key:${field}`;
}

/** The form in which values of a key are compared. */
export function toKeyValue(value: unknown, { caseSensitive }: Pick<FieldDefinition, "caseSensitive">): string {
  const text = String(value);
  return caseSensitive ? text : text.toLowerCase();
}

function phoneIndex(fields: readonly FieldDefinition[]): RecordIndex<OrgRecord> {
  const phones = fields.filter(({ type }) => type === "phone").map(({ name }) => name);
  return {
    name: phoneTailIndex,
    keysOf: ({ values, deletedAt }) =>
      deletedAt === undefined
        ? phones.flatMap((name) => {
            const typed = values[name];
            return typeof typed === "string" ? toTails(typed) : [];
          })
        : [],
  };
}

export function createOrgRecords(clock: SandboxClock, config: ConfigSource, schema: Schema): OrgRecords {
  const createState = (): ObjectState => {
    const store = createRecordStore<OrgRecord>(clock);
    const read = store.addView(() => config.current().readLagMs);
    const search = store.addView(() => config.current().searchLagMs);
    return { store, read, search, deletions: [], indexed: new Set(), nextId: 1 };
  };
  const states: Readonly<Record<ObjectName, ObjectState>> = {
    Contact: createState(),
    Lead: createState(),
    Account: createState(),
    Opportunity: createState(),
    Task: createState(),
    Event: createState(),
  };
  const indexKeys = (): void => {
    for (const object of recordObjects) {
      syncIndexes(states[object], schema.keys(object));
      states[object].search.addIndex(phoneIndex(schema.allFields(object)));
    }
  };
  indexKeys();
  schema.onChange(indexKeys);
  const expired = ({ deletedAt }: OrgRecord): boolean =>
    deletedAt !== undefined && deletedAt + config.current().recycleBinMs <= clock.now();
  return {
    current: (object) => states[object].store.current,
    readView: (object) => states[object].read.look(),
    searchView: (object) => states[object].search.look(),
    put: (record) => states[record.object].store.put(record),
    remove: (object, id) => states[object].store.remove(id),
    nextId: (object) => toRecordId(objectTypes[object].prefix, states[object].nextId++),
    isVisible: ({ object, id }) =>
      !isListed(object) || !(config.current().hiddenRecords[object]?.some((hidden) => isSameId(hidden, id)) ?? false),
    find: (object, id) => {
      const record = states[object].store.current.get(id);
      if (record === undefined || !expired(record)) return record;
      states[object].store.remove(id);
      return undefined;
    },
    deletions: (object) => states[object].deletions,
    noteDeletion: (object, id, at) => void states[object].deletions.push({ id, at }),
    clear: () => {
      for (const state of Object.values(states)) {
        state.store.clear();
        state.deletions.length = 0;
        state.nextId = 1;
      }
    },
  };
}

/** Ids are given with 15 or 18 characters. */
export function isSameId(left: string, right: string): boolean {
  return left.slice(0, 15) === right.slice(0, 15);
}

/** Keeps an index of live records for each key field, whenever fields come and go. */
function syncIndexes({ store, read, indexed }: ObjectState, keys: readonly FieldDefinition[]): void {
  for (const name of indexed) {
    store.dropIndex(keyIndex(name));
    read.dropIndex(keyIndex(name));
  }
  indexed.clear();
  for (const field of keys) {
    const index: RecordIndex<OrgRecord> = {
      name: keyIndex(field.name),
      keysOf: ({ values }) => {
        const value = values[field.name];
        return value === undefined || value === null ? [] : [toKeyValue(value, field)];
      },
    };
    store.addIndex(index);
    read.addIndex(index);
    indexed.add(field.name);
  }
}
