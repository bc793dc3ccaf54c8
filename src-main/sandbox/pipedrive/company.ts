import type { SandboxClock } from "../core/clock.ts";
import { createRecordStore, type DelayedView, type RecordStore } from "../core/record-store.ts";
import type { RecordView } from "../core/record-view.ts";
import type { Random } from "../core/seeded-random.ts";
import { createActivityTypes, type ActivityTypes } from "./activity-types.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { ConfigSource, PipedriveConfig } from "./configuration.ts";
import { createFieldRegistry, type FieldRegistry } from "./field-registry.ts";
import { objectNames, type ObjectName } from "./object-types.ts";
import { createPipelines, type Pipelines } from "./pipelines.ts";

export type CompanyUser = PipedriveConfig["users"][number];

/** One company account: its people and calls, their fields, and who works in it. */
export type Company = {
  readonly clock: SandboxClock;
  readonly config: ConfigSource;
  readonly registry: FieldRegistry;
  readonly pipelines: Pipelines;
  readonly activityTypes: ActivityTypes;
  readonly current: (object: ObjectName) => RecordView<CompanyRecord>;
  /** What lists and reads by id show. */
  readonly shown: (object: ObjectName) => RecordView<CompanyRecord>;
  readonly searched: (object: ObjectName) => RecordView<CompanyRecord>;
  readonly put: (record: CompanyRecord) => void;
  readonly remove: (object: ObjectName, id: string) => void;
  readonly nextId: (object: ObjectName) => string;
  /** The next place in the order of creation. */
  readonly nextOrder: () => number;
  /** The user of the token. */
  readonly me: () => number;
  /** Neither deleted nor hidden from the token's user. */
  readonly isLive: (record: CompanyRecord) => boolean;
  readonly isVisible: (record: CompanyRecord) => boolean;
  /** Deleted for so long that nothing is left of it. */
  readonly isPurged: (record: CompanyRecord) => boolean;
  readonly clear: () => void;
};

type Shelf = {
  readonly store: RecordStore<CompanyRecord>;
  readonly reads: DelayedView<CompanyRecord>;
  readonly search: DelayedView<CompanyRecord>;
};

export function createCompany(clock: SandboxClock, random: Random, config: ConfigSource): Company {
  const shelves = new Map<ObjectName, Shelf>(objectNames.map((name) => [name, createShelf(clock, config)]));
  const serials = new Map<ObjectName, number>();
  const registry = createFieldRegistry(config);
  const pipelines = createPipelines(clock);
  const activityTypes = createActivityTypes(config);
  let order = 0;
  const shelf = (object: ObjectName): Shelf => {
    const found = shelves.get(object);
    if (found === undefined) throw new Error(`There is no shelf for ${object}.`);
    return found;
  };
  const isVisible = ({ object, id }: CompanyRecord): boolean =>
    !(config.current().hiddenRecords[object] ?? []).includes(id);
  const toNextId = (object: ObjectName): string => {
    if (object === "callLogs") return `CA${toHex(random, 27)}`;
    const next = (serials.get(object) ?? 0) + 1;
    serials.set(object, next);
    return shelf(object).store.current.get(String(next)) === undefined ? String(next) : toNextId(object);
  };
  return {
    clock,
    config,
    registry,
    pipelines,
    activityTypes,
    current: (object) => shelf(object).store.current,
    shown: (object) => shelf(object).reads.look(),
    searched: (object) => shelf(object).search.look(),
    put: (record) => shelf(record.object).store.put(record),
    remove: (object, id) => shelf(object).store.remove(id),
    nextId: toNextId,
    nextOrder: () => (order += 1),
    me: () => Number(config.current().users[0]?.id ?? 0),
    isVisible,
    isLive: (record) => record.deletedAt === undefined && isVisible(record),
    isPurged: ({ deletedAt }) => deletedAt !== undefined && deletedAt + config.current().purgeAfterMs <= clock.now(),
    clear: () => {
      for (const { store } of shelves.values()) store.clear();
      serials.clear();
      registry.clear();
      pipelines.clear();
      activityTypes.clear();
      order = 0;
    },
  };
}

function createShelf(clock: SandboxClock, config: ConfigSource): Shelf {
  const store = createRecordStore<CompanyRecord>(clock);
  return {
    store,
    reads: store.addView(() => config.current().readLagMs),
    search: store.addView(() => config.current().searchLagMs),
  };
}

function toHex(random: Random, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}
