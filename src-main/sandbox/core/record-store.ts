import type { SandboxClock } from "./clock.ts";
import { createRecordView, type MutableView, type RecordIndex, type RecordView } from "./record-view.ts";

/**
 * The records of one object. Writes go to `current` at once; a delayed view (a search index, a read replica) shows them
 * only once its lag has passed on the sandbox clock. All views share the immutable records.
 */
export type RecordStore<R extends { readonly id: string }> = {
  readonly current: RecordView<R>;
  readonly put: (record: R) => void;
  /** Gone for good, as if it had never been; a record that is only deleted for users is put with a mark instead. */
  readonly remove: (id: string) => void;
  /** A view that lags by `lagMs`, asked anew on each look; what it showed once stays shown when the lag grows. */
  readonly addView: (lagMs: () => number) => DelayedView<R>;
  /** Indexes the current records only; one of the same name is replaced. */
  readonly addIndex: (index: RecordIndex<R>) => void;
  readonly dropIndex: (name: string) => void;
  readonly clear: () => void;
};

export type DelayedView<R extends { readonly id: string }> = {
  /** The view as it is now. */
  readonly look: () => RecordView<R>;
  readonly addIndex: (index: RecordIndex<R>) => void;
  readonly dropIndex: (name: string) => void;
};

type Change<R> = { readonly at: number; readonly id: string; readonly record: R | undefined };
type Delayed<R extends { readonly id: string }> = {
  readonly view: MutableView<R>;
  readonly lagMs: () => number;
  applied: number;
};

export function createRecordStore<R extends { readonly id: string }>(clock: SandboxClock): RecordStore<R> {
  const current = createRecordView<R>();
  const delayed: Delayed<R>[] = [];
  // Changes that some view does not show yet; `dropped` counts those already forgotten.
  let changes: Change<R>[] = [];
  let dropped = 0;

  const catchUp = (replica: Delayed<R>): void => {
    const until = clock.now() - replica.lagMs();
    for (
      let change = changes[replica.applied - dropped];
      change !== undefined;
      change = changes[replica.applied - dropped]
    ) {
      if (change.at > until) return;
      if (change.record === undefined) replica.view.remove(change.id);
      else replica.view.set(change.record);
      replica.applied += 1;
    }
  };
  const forget = (): void => {
    const shown = delayed.reduce((least, { applied }) => Math.min(least, applied), dropped + changes.length);
    if (shown - dropped < 256 && shown - dropped < changes.length) return;
    changes = changes.slice(shown - dropped);
    dropped = shown;
  };
  const log = (id: string, record: R | undefined): void => {
    if (delayed.length === 0) return;
    changes.push({ at: clock.now(), id, record });
    for (const replica of delayed) catchUp(replica);
    forget();
  };
  return {
    current,
    put: (record) => {
      current.set(record);
      log(record.id, record);
    },
    remove: (id) => {
      current.remove(id);
      log(id, undefined);
    },
    addView: (lagMs) => {
      const replica: Delayed<R> = { view: createRecordView<R>(), lagMs, applied: dropped + changes.length };
      for (const record of current.iterate()) replica.view.set(record);
      delayed.push(replica);
      return {
        look: () => {
          catchUp(replica);
          return replica.view;
        },
        addIndex: replica.view.addIndex,
        dropIndex: replica.view.dropIndex,
      };
    },
    addIndex: current.addIndex,
    dropIndex: current.dropIndex,
    clear: () => {
      current.clear();
      dropped += changes.length;
      changes = [];
      for (const replica of delayed) {
        replica.view.clear();
        replica.applied = dropped;
      }
    },
  };
}
