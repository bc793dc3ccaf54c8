import type { SandboxClock } from "../core/clock.ts";
import { createRecordStore, type DelayedView, type RecordStore } from "../core/record-store.ts";
import type { RecordIndex, RecordView } from "../core/record-view.ts";
import { toPhoneParts } from "./calculated-phone.ts";
import type { ConfigSource } from "./configuration.ts";
import type { HubRecord } from "./hub-record.ts";
import { firstIds, objectNames, perObject, type ObjectName } from "./object-types.ts";
import type { PropertyRegistry } from "./property-registry.ts";

/** All records of the portal, archived ones included, with what the read and the search index show of them. */
export type HubRecords = {
  readonly current: (object: ObjectName) => RecordView<HubRecord>;
  /** By key, by id and by list: lags by `readLagMs`. */
  readonly readView: (object: ObjectName) => RecordView<HubRecord>;
  /** The search index: lags by `searchLagMs`. */
  readonly searchView: (object: ObjectName) => RecordView<HubRecord>;
  readonly put: (record: HubRecord) => void;
  readonly remove: (object: ObjectName, id: string) => void;
  readonly nextId: (object: ObjectName) => string;
  /** The live record that the token's user may see, as it is now. */
  readonly visible: (object: ObjectName, id: string) => HubRecord | undefined;
  readonly isVisible: (record: HubRecord) => boolean;
  /** Where a merged-away id went, followed to its end. */
  readonly mergedInto: (object: ObjectName, id: string) => string | undefined;
  readonly noteMerge: (object: ObjectName, id: string, into: string) => void;
  readonly clear: () => void;
};

type ObjectState = {
  readonly store: RecordStore<HubRecord>;
  readonly read: DelayedView<HubRecord>;
  readonly search: DelayedView<HubRecord>;
};

export const phoneTailIndex = "phone-tail";
export const emailIndex = "email";

export function uniqueIndex(property: string): string {
  return `unique:${property}`;
}

/** The last digits of a number, under which records with a phone are found; spelling and country code do not matter. */
export function toPhoneTail(typed: string): string | undefined {
  const national = toPhoneParts(typed)?.national.replace(/^0/, "");
  return national === undefined || national === "" ? undefined : national.slice(-7);
}

const tailIndex: RecordIndex<HubRecord> = {
  name: phoneTailIndex,
  keysOf: ({ properties: { phone, mobilephone } }) =>
    [phone, mobilephone]
      .map((typed) => (typed === undefined ? undefined : toPhoneTail(typed)))
      .filter((tail) => tail !== undefined),
};
const mailIndex: RecordIndex<HubRecord> = {
  name: emailIndex,
  keysOf: ({ properties: { email } }) => (email === undefined ? [] : [email]),
};

export function createHubRecords(clock: SandboxClock, config: ConfigSource, registry: PropertyRegistry): HubRecords {
  const createState = (): ObjectState => {
    const store = createRecordStore<HubRecord>(clock);
    const read = store.addView(() => config.current().readLagMs);
    const search = store.addView(() => config.current().searchLagMs);
    search.addIndex(tailIndex);
    search.addIndex(mailIndex);
    return { store, read, search };
  };
  const states: Readonly<Record<ObjectName, ObjectState>> = perObject(createState);
  const nextIds = new Map<ObjectName, number>();
  const merges = new Map<string, string>();
  const indexUniqueProperties = createUniqueIndexer(states, registry);
  indexUniqueProperties();
  registry.onChange(indexUniqueProperties);

  const isVisible = ({ object, id }: HubRecord): boolean =>
    !(config.current().hiddenRecords[object]?.includes(id) ?? false);
  return {
    current: (object) => states[object].store.current,
    readView: (object) => states[object].read.look(),
    searchView: (object) => states[object].search.look(),
    put: (record) => states[record.object].store.put(record),
    remove: (object, id) => states[object].store.remove(id),
    isVisible,
    visible: (object, id) => {
      const record = states[object].store.current.get(id);
      return record !== undefined && record.archivedAt === undefined && isVisible(record) ? record : undefined;
    },
    nextId: (object) => {
      let id = nextIds.get(object) ?? firstIds[object];
      while (states[object].store.current.get(String(id)) !== undefined) id += 1;
      nextIds.set(object, id + 1);
      return String(id);
    },
    mergedInto: (object, id) => {
      let into = merges.get(`${object}/${id}`);
      for (let next = into; next !== undefined; next = merges.get(`${object}/${next}`)) into = next;
      return into;
    },
    noteMerge: (object, id, into) => void merges.set(`${object}/${id}`, into),
    clear: () => {
      for (const object of objectNames) states[object].store.clear();
      nextIds.clear();
      merges.clear();
    },
  };
}

/** Keeps an index for each unique property, whenever properties come and go. */
function createUniqueIndexer(
  states: Readonly<Record<ObjectName, ObjectState>>,
  registry: PropertyRegistry,
): () => void {
  const indexed: Readonly<Record<ObjectName, Set<string>>> = perObject(() => new Set());
  const drop = (object: ObjectName, name: string): void => {
    states[object].store.dropIndex(uniqueIndex(name));
    states[object].read.dropIndex(uniqueIndex(name));
    indexed[object].delete(name);
  };
  const add = (object: ObjectName, name: string): void => {
    const index: RecordIndex<HubRecord> = {
      name: uniqueIndex(name),
      keysOf: ({ properties }) => {
        const value = properties[name];
        return value === undefined ? [] : [value];
      },
    };
    states[object].store.addIndex(index);
    states[object].read.addIndex(index);
    indexed[object].add(name);
  };
  return () => {
    for (const object of objectNames) {
      const wanted = registry.uniqueNames(object);
      for (const name of indexed[object]) if (!wanted.includes(name)) drop(object, name);
      for (const name of wanted) if (!indexed[object].has(name)) add(object, name);
    }
  };
}
