import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link } from "../../engine/ports/connector.ts";
import { chunk } from "../http/write-outcomes.ts";
import type { Client, Refusal } from "./client.ts";
import { queryAllPages, textOf, type QueriedRecord } from "./query.ts";
import { isSameId, queryMax, quoteList } from "./wire.ts";

/** What became of a record that a call was to be linked to. `unseen`: gone for good, or hidden from us. */
export type TargetState =
  | Readonly<{ kind: "live" }>
  | Readonly<{ kind: "merged"; into: string }>
  | Readonly<{ kind: "deleted" | "unseen" }>;

export type Targets = Readonly<{ stateOf(link: Link): TargetState }>;

/** A merge of a merge of a merge: followed this often. */
const maxSteps = 5;

/** Objects whose merges name the winner. */
const mergeable: ReadonlySet<string> = new Set(["Contact", "Lead", "Account"]);

type Seen = Map<string, QueriedRecord>;

const keyOf = ({ object, id }: Link): string => `${object}/${id.slice(0, 15)}`;

/** Reads the records themselves, the recycle bin included, and follows merges to the record that is left. */
export async function readTargets(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
): Promise<Outcome<Targets, Refusal>> {
  const seen: Seen = new Map();
  let wanted: readonly Link[] = links;
  for (let step = 0; step < maxSteps && wanted.length > 0; step += 1) {
    const fault = await readInto(client, session, wanted, seen);
    if (fault !== null) return { ok: false, fault };
    wanted = wanted.flatMap((link) => {
      const winner = winnerOf(seen, link);
      return winner === null || seen.has(keyOf(winner)) ? [] : [winner];
    });
  }
  return { ok: true, value: { stateOf: (link) => stateOf(seen, link) } };
}

async function readInto(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
  seen: Seen,
): Promise<Refusal | null> {
  for (const object of new Set(links.map((link) => link.object))) {
    const ids = [...new Set(links.filter((link) => link.object === object).map(({ id }) => id))];
    for (const asked of chunk(ids, queryMax)) {
      const fields = mergeable.has(object) ? "Id, IsDeleted, MasterRecordId" : "Id, IsDeleted";
      const soql = `SELECT ${fields} FROM ${object} WHERE Id IN ${quoteList(asked)}`;
      const found = await queryAllPages(client, session, { soql, scope: "queryAll", subject: "person" });
      if (!found.ok) return found.fault;
      for (const record of found.value) seen.set(keyOf({ object, id: record.Id }), record);
    }
  }
  return null;
}

function winnerOf(seen: Seen, link: Link): Link | null {
  const record = seen.get(keyOf(link));
  const winner = record === undefined ? null : textOf(record, "MasterRecordId");
  return winner === null || isSameId(winner, link.id) ? null : { object: link.object, id: winner };
}

function stateOf(seen: Seen, link: Link): TargetState {
  let at = link;
  for (let step = 0; step <= maxSteps; step += 1) {
    const record = seen.get(keyOf(at));
    if (record === undefined) return { kind: "unseen" };
    if (record["IsDeleted"] !== true) return at === link ? { kind: "live" } : { kind: "merged", into: at.id };
    const winner = winnerOf(seen, at);
    if (winner === null) return { kind: "deleted" };
    at = winner;
  }
  return { kind: "deleted" };
}
