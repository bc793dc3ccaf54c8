/** Ids are compared so that numbers in text sort as numbers: the shorter one first, then by text. */
export function compareIds(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : Number(left > right);
}

export type RecordIndex<R> = {
  readonly name: string;
  /** The keys under which a record is found; none for a record that has no such value. */
  readonly keysOf: (record: R) => readonly string[];
};

/** One consistent state of an object's records, with its indexes. Records are immutable: a change is another object. */
export type RecordView<R extends { readonly id: string }> = {
  readonly get: (id: string) => R | undefined;
  readonly find: (index: string, key: string) => readonly R[];
  readonly hasIndex: (name: string) => boolean;
  /** In order of id, beginning at `fromId`. */
  readonly iterate: (fromId?: string) => Iterable<R>;
  readonly size: () => number;
};

export type MutableView<R extends { readonly id: string }> = RecordView<R> & {
  readonly set: (record: R) => void;
  readonly remove: (id: string) => void;
  readonly addIndex: (index: RecordIndex<R>) => void;
  readonly dropIndex: (name: string) => void;
  readonly clear: () => void;
};

type IndexState<R> = { readonly index: RecordIndex<R>; readonly ids: Map<string, string[]> };

export function createRecordView<R extends { readonly id: string }>(): MutableView<R> {
  const records = new Map<string, R>();
  const indexes = new Map<string, IndexState<R>>();
  // Ids in order; those of removed records stay until the next clear and are skipped.
  let order: string[] = [];

  const unindex = ({ index, ids }: IndexState<R>, record: R): void => {
    for (const key of index.keysOf(record)) {
      const left = ids.get(key)?.filter((id) => id !== record.id) ?? [];
      if (left.length === 0) ids.delete(key);
      else ids.set(key, left);
    }
  };
  const enter = ({ index, ids }: IndexState<R>, record: R): void => {
    for (const key of index.keysOf(record)) {
      const known = ids.get(key);
      if (known === undefined) ids.set(key, [record.id]);
      else if (!known.includes(record.id)) known.push(record.id);
    }
  };
  return {
    get: (id) => records.get(id),
    find: (name, key) =>
      (indexes.get(name)?.ids.get(key) ?? []).map((id) => records.get(id)).filter((record) => record !== undefined),
    hasIndex: (name) => indexes.has(name),
    size: () => records.size,
    *iterate(fromId) {
      for (let at = fromId === undefined ? 0 : lowerBound(order, fromId); at < order.length; at++) {
        const id = order[at];
        const record = id === undefined ? undefined : records.get(id);
        if (record !== undefined) yield record;
      }
    },
    set: (record) => {
      const before = records.get(record.id);
      for (const state of indexes.values()) {
        if (before !== undefined) unindex(state, before);
        enter(state, record);
      }
      if (before === undefined) insertInOrder(order, record.id);
      records.set(record.id, record);
    },
    remove: (id) => {
      const before = records.get(id);
      if (before === undefined) return;
      for (const state of indexes.values()) unindex(state, before);
      records.delete(id);
    },
    addIndex: (index) => {
      const state = { index, ids: new Map<string, string[]>() };
      for (const record of records.values()) enter(state, record);
      indexes.set(index.name, state);
    },
    dropIndex: (name) => void indexes.delete(name),
    clear: () => {
      records.clear();
      order = [];
      for (const { ids } of indexes.values()) ids.clear();
    },
  };
}

function insertInOrder(order: string[], id: string): void {
  const last = order.at(-1);
  if (last === undefined || compareIds(last, id) < 0) {
    order.push(id);
    return;
  }
  const at = lowerBound(order, id);
  if (order[at] !== id) order.splice(at, 0, id);
}

function lowerBound(order: readonly string[], id: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = order[middle];
    if (other !== undefined && compareIds(other, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
