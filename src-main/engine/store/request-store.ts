import type { Database } from "better-sqlite3";
import type { RequestMemory } from "../ports/request-memory.ts";
import type { Transact } from "./transaction.ts";

/** How many are kept. A repeated click comes within seconds of the first; the rest of them is history. */
const keptRequests = 2_000;

export function createRequestStore(db: Database, transact: Transact): RequestMemory {
  const find = db.prepare<[string], string>("SELECT answer FROM request WHERE request = ?").pluck();
  const add = db.prepare<[string, string]>("INSERT INTO request (request, answer) VALUES (?, ?)");
  const dropOld = db.prepare<[number]>("DELETE FROM request WHERE id <= (SELECT max(id) FROM request) - ?");
  return {
    recall(request) {
      const answer = find.get(request);
      return answer === undefined ? undefined : { value: JSON.parse(answer) };
    },
    keep: (request, work) =>
      transact.run(() => {
        const outcome = work();
        if (outcome.ok) {
          add.run(request, JSON.stringify(outcome.value));
          dropOld.run(keptRequests);
        }
        return outcome;
      }),
  };
}
