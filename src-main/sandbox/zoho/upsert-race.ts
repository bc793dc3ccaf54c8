/**
 * Which request inserted a record while it is still under way: concurrent upserts by a field that is not unique do not
 * see one another's new records.
 */
export type UpsertRace = {
  readonly note: (turn: object, id: string) => void;
  /** Inserted by another request that has not been answered yet. */
  readonly isUnseen: (turn: object, id: string) => boolean;
  readonly finish: (turn: object) => void;
};

export function createUpsertRace(): UpsertRace {
  const inserted = new Map<string, object>();
  return {
    note: (turn, id) => void inserted.set(id, turn),
    isUnseen: (turn, id) => {
      const by = inserted.get(id);
      return by !== undefined && by !== turn;
    },
    finish: (turn) => {
      for (const [id, by] of inserted) if (by === turn) inserted.delete(id);
    },
  };
}
