import type { Database } from "better-sqlite3";
import type { DeliveryStore, EngineSession } from "../ports/delivery-store.ts";
import { type DeliveryMover, type MovableRow, movableColumns, movableJoins } from "./delivery-moves.ts";
import type { Transact } from "./transaction.ts";

/** Runs of the engine on this data folder. */
export function createSessionStore(
  db: Database,
  transact: Transact,
  mover: DeliveryMover,
): Pick<DeliveryStore, "openSession" | "closeSession"> {
  const insert = db
    .prepare<[number], number>("INSERT INTO engine_session (started_at) VALUES (?) RETURNING id")
    .pluck();
  const end = db.prepare<[number, number]>("UPDATE engine_session SET ended_at = ? WHERE id = ?");
  const sending = db.prepare<
    [],
    MovableRow
  >(`SELECT ${movableColumns} FROM delivery d INDEXED BY delivery_sending ${movableJoins}
     WHERE d.state = 'sending' ORDER BY d.id`);
  const countRescue = db.prepare<[string]>(
    "UPDATE delivery SET rescues = rescues + 1 WHERE id IN (SELECT value FROM json_each(?))",
  );

  /** One engine per data folder, so what is `sending` now belongs to a session that is over. */
  function rescue(now: number): void {
    const rows = sending.all();
    if (rows.length === 0) return;
    const summary =
      "The engine stopped while this was on its way: looked for in the CRM before anything is sent again.";
    const audit = { operation: "delivery.lose", outcome: "waiting", summary } as const;
    mover.move({ rows, events: ["lose"], at: now, columns: { next_probe_at: now, missing_reads: 0 }, audit });
    countRescue.run(JSON.stringify(rows.map(({ id }) => id)));
  }

  return {
    openSession: (now) =>
      transact.run((): EngineSession => {
        const id = insert.get(now);
        if (id === undefined) throw new Error("the engine session was not stored");
        rescue(now);
        return { id, startedAt: now };
      }),
    closeSession: (session, now) => transact.run(() => void end.run(now, session.id)),
  };
}
