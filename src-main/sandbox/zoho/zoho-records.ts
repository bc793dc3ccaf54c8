import type { SandboxClock } from "../core/clock.ts";
import { createRecordStore, type DelayedView, type RecordStore } from "../core/record-store.ts";
import type { RecordIndex, RecordView } from "../core/record-view.ts";
import type { ConfigSource } from "./configuration.ts";
import type { FieldRegistry } from "./field-registry.ts";
import { moduleNames, type ModuleName } from "./modules.ts";
import type { ZohoRecord } from "./zoho-record.ts";

/** All records of the org, deleted ones included, with what reads and the search index show of them. */
export type ZohoRecords = {
  readonly current: (module: ModuleName) => RecordView<ZohoRecord>;
  /** COQL, the list and the read by id: lags by `readLagMs`. */
  readonly readView: (module: ModuleName) => RecordView<ZohoRecord>;
  /** The search index: lags by `searchLagMs`. */
  readonly searchView: (module: ModuleName) => RecordView<ZohoRecord>;
  readonly put: (record: ZohoRecord) => void;
  readonly nextId: () => string;
  /** Keeps what every write replaces from now on; the answer puts it all back, or stops keeping. */
  readonly keepUndo: () => { readonly undo: () => void; readonly stop: () => void };
  /** Not deleted, and not kept from the token's user. */
  readonly isLive: (record: ZohoRecord | undefined) => record is ZohoRecord;
  readonly isHidden: (record: ZohoRecord) => boolean;
  /** The live record with this id, as it is now. */
  readonly live: (module: ModuleName, id: string) => ZohoRecord | undefined;
  /** The module in which a live record with this id is. */
  readonly moduleOf: (id: string) => ModuleName | undefined;
  /** Live records whose field holds the value, as reads show them. Indexed, as lookups by key are what a client does most. */
  readonly findRead: (module: ModuleName, field: string, value: string) => readonly ZohoRecord[];
  /** The same on the records as they are now. */
  readonly findCurrent: (module: ModuleName, field: string, value: string) => readonly ZohoRecord[];
  readonly clear: () => void;
};

type ModuleState = {
  readonly store: RecordStore<ZohoRecord>;
  readonly read: DelayedView<ZohoRecord>;
  readonly search: DelayedView<ZohoRecord>;
  readonly indexed: Set<string>;
};

const firstId = 3_652_397_000_001_000_001n;

export function createZohoRecords(clock: SandboxClock, config: ConfigSource, registry: FieldRegistry): ZohoRecords {
  const createState = (): ModuleState => {
    const store = createRecordStore<ZohoRecord>(clock);
    return {
      store,
      read: store.addView(() => config.current().readLagMs),
      search: store.addView(() => config.current().searchLagMs),
      indexed: new Set(),
    };
  };
  const states: Readonly<Record<ModuleName, ModuleState>> = {
    Contacts: createState(),
    Leads: createState(),
    Accounts: createState(),
    Deals: createState(),
    Calls: createState(),
    Tasks: createState(),
    Notes: createState(),
  };
  let nextId = firstId;
  let replaced:
    | { readonly module: ModuleName; readonly id: string; readonly before: ZohoRecord | undefined }[]
    | undefined;
  const ensureIndex = (module: ModuleName, field: string): string => {
    const name = `eq:${field}`;
    const state = states[module];
    if (state.indexed.has(field)) return name;
    const index = toValueIndex(name, field);
    state.store.addIndex(index);
    state.read.addIndex(index);
    state.indexed.add(field);
    return name;
  };
  const isHidden = ({ module, id }: ZohoRecord): boolean =>
    config.current().hiddenRecords[module]?.includes(id) ?? false;
  const isLive = (record: ZohoRecord | undefined): record is ZohoRecord =>
    record !== undefined && record.deleted === undefined && !isHidden(record);
  const live = (module: ModuleName, id: string): ZohoRecord | undefined => {
    const record = states[module].store.current.get(id);
    return record !== undefined && record.deleted === undefined ? record : undefined;
  };
  registry.onChange(() => {
    for (const module of moduleNames) {
      for (const field of registry.allFields(module).values()) {
        if (field.unique !== undefined || field.external !== undefined) ensureIndex(module, field.name);
      }
    }
  });
  return {
    current: (module) => states[module].store.current,
    readView: (module) => states[module].read.look(),
    searchView: (module) => states[module].search.look(),
    put: (record) => {
      const { store } = states[record.module];
      replaced?.push({ module: record.module, id: record.id, before: store.current.get(record.id) });
      store.put(record);
    },
    keepUndo: () => {
      const kept: NonNullable<typeof replaced> = [];
      replaced = kept;
      const stop = (): void => {
        if (replaced === kept) replaced = undefined;
      };
      const undo = (): void => {
        stop();
        for (const { module, id, before } of kept.toReversed()) {
          if (before === undefined) states[module].store.remove(id);
          else states[module].store.put(before);
        }
      };
      return { undo, stop };
    },
    nextId: () => {
      const id = String(nextId);
      nextId += 1n;
      return id;
    },
    isHidden,
    isLive,
    live,
    moduleOf: (id) => moduleNames.find((module) => live(module, id) !== undefined),
    findRead: (module, field, value) => {
      const index = ensureIndex(module, field);
      return states[module].read.look().find(index, toIndexKey(value)).filter(isLive);
    },
    findCurrent: (module, field, value) => {
      const index = ensureIndex(module, field);
      return states[module].store.current.find(index, toIndexKey(value)).filter(({ deleted }) => deleted === undefined);
    },
    clear: () => {
      for (const module of moduleNames) states[module].store.clear();
      nextId = firstId;
    },
  };
}

/** Indexed without regard to case; who looks decides whether case matters. */
function toIndexKey(value: string): string {
  return value.toLowerCase();
}

function toValueIndex(name: string, field: string): RecordIndex<ZohoRecord> {
  return {
    name,
    keysOf: ({ values }) => {
      const value = values[field];
      return typeof value === "string" && value !== "" ? [toIndexKey(value)] : [];
    },
  };
}
