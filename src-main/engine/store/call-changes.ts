import type { Database } from "better-sqlite3";

/** What this process has changed of calls, by parts of so many row ids: what was counted of a part before still holds while nothing changed there. */
export type CallChanges = Readonly<{
  /** Rises with every change. */
  stamp(): number;
  /** The stamp of the last change of a call of the part, or of what all calls are counted by; 0 when there was none. */
  lastOf(part: number): number;
}>;

/** Calls of one part: counting them takes some 20 ms. */
export const callsOfPart = 5_000;
export const partOf = (callRowId: number): number => Math.floor((callRowId - 1) / callsOfPart);

/**
 * Notes every change of a call, of the state of one of its deliveries, and of what an account takes. By triggers of this
 * connection, since many statements write there and none must be forgotten; one writes to a ledger at a time, so no change
 * comes from elsewhere. A change that is rolled back is noted too: its part is counted once more, for nothing.
 */
export function createCallChanges(db: Database): CallChanges {
  let stamp = 0;
  let ofAll = 0;
  const parts = new Map<number, number>();
  db.function("note_call_change", (callRowId: unknown) => {
    stamp += 1;
    parts.set(partOf(Number(callRowId)), stamp);
    return null;
  });
  db.function("note_account_change", () => {
    stamp += 1;
    ofAll = stamp;
    return null;
  });
  db.exec(`
    CREATE TEMP TRIGGER call_added AFTER INSERT ON main.call BEGIN SELECT note_call_change(NEW.id); END;
    CREATE TEMP TRIGGER call_changed AFTER UPDATE OF excluded, started_at, reading_id ON main.call
      BEGIN SELECT note_call_change(NEW.id); END;
    CREATE TEMP TRIGGER call_dropped AFTER DELETE ON main.call BEGIN SELECT note_call_change(OLD.id); END;
    CREATE TEMP TRIGGER delivery_added AFTER INSERT ON main.delivery BEGIN SELECT note_call_change(NEW.call_id); END;
    CREATE TEMP TRIGGER delivery_changed AFTER UPDATE OF state, wait_why, reason ON main.delivery
      BEGIN SELECT note_call_change(NEW.call_id); END;
    CREATE TEMP TRIGGER delivery_dropped AFTER DELETE ON main.delivery BEGIN SELECT note_call_change(OLD.call_id); END;
    CREATE TEMP TRIGGER account_added AFTER INSERT ON main.integration BEGIN SELECT note_account_change(); END;
    CREATE TEMP TRIGGER account_changed AFTER UPDATE OF since, removed_at, tenant_id ON main.integration
      BEGIN SELECT note_account_change(); END;
    CREATE TEMP TRIGGER account_dropped AFTER DELETE ON main.integration BEGIN SELECT note_account_change(); END;
  `);
  return { stamp: () => stamp, lastOf: (part) => Math.max(ofAll, parts.get(part) ?? 0) };
}
