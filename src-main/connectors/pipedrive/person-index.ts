import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { contactPage, phonesOf, type Contact, type PersonObject } from "./person.ts";
import { tailsOf } from "./phone-match.ts";
import { apiPath, costs, pageMax, toQueryTime } from "./wire.ts";

/** Changes are read again from so long before the last reading: clocks differ, and writes overlap. */
const overlapMs = 2 * 60_000;

/** The numbers of one object by their last digits, read from lists: those show a record at once, searches lag. */
export type PersonIndex = Readonly<{
  /** Reads everything once, later only what changed; a reading that a fault stopped goes on where it stood. */
  refresh(session: CrmSession): Promise<ConnectorFault | null>;
  /** Records that may hold a number with this end. */
  find(tail: string): readonly string[];
}>;

type Run = { since: number | null; startedAt: number; cursor: string | null };

export type IndexOptions = Readonly<{
  client: Client;
  clock: Clock;
  object: PersonObject;
  /** Codes of custom fields that hold numbers. */
  customPhones: readonly string[];
}>;

export function createPersonIndex({ client, clock, object, customPhones }: IndexOptions): PersonIndex {
  const idsByTail = new Map<string, Set<string>>();
  const tailsById = new Map<string, readonly string[]>();
  let readUntil: number | null = null;
  let open: Run | null = null;
  let reading: Promise<ConnectorFault | null> | null = null;

  const put = (found: Contact): void => {
    const id = String(found.id);
    for (const tail of tailsById.get(id) ?? []) idsByTail.get(tail)?.delete(id);
    const tails = [...new Set(phonesOf(found, customPhones).flatMap(([, typed]) => tailsOf(typed)))];
    // Records without a number are not kept at all.
    if (tails.length === 0) tailsById.delete(id);
    else tailsById.set(id, tails);
    for (const tail of tails) {
      const ids = idsByTail.get(tail) ?? new Set<string>();
      idsByTail.set(tail, ids.add(id));
    }
  };
  const read = async (session: CrmSession): Promise<ConnectorFault | null> => {
    const since = readUntil === null ? null : readUntil - overlapMs;
    const run: Run = open ?? { since, startedAt: clock.now(), cursor: null };
    open = run;
    do {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(client, session, object, run);
      if (!page.ok) {
        if (page.fault.kind === "rejected" && run.cursor !== null) open = null;
        return page.fault;
      }
      // The vendor's clock counts, not ours: it stamps the changes.
      run.startedAt = Math.min(run.startedAt, page.value.serverTimeMs ?? run.startedAt);
      for (const found of page.value.contacts) put(found);
      run.cursor = page.value.cursor;
    } while (run.cursor !== null);
    open = null;
    readUntil = run.startedAt;
    return null;
  };
  return {
    find: (tail) => [...(idsByTail.get(tail) ?? [])],
    refresh: (session) => {
      reading ??= read(session).finally(() => {
        reading = null;
      });
      return reading;
    },
  };
}

type Page = Readonly<{ contacts: readonly Contact[]; cursor: string | null; serverTimeMs: number | undefined }>;

async function readPage(
  client: Client,
  session: CrmSession,
  object: PersonObject,
  { since, cursor }: Run,
): Promise<Outcome<Page, ConnectorFault>> {
  const query = new URLSearchParams({
    limit: String(pageMax),
    ...(since === null ? {} : { updated_since: toQueryTime(since) }),
    ...(cursor === null ? {} : { cursor }),
  });
  const reply = await client.call(session, {
    method: "GET",
    path: `${apiPath(object)}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: contactPage,
    cost: costs.list,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const { value, serverTimeMs } = reply.value;
  const next = value.additional_data?.next_cursor ?? null;
  return {
    ok: true,
    value: { contacts: value.data, cursor: next === cursor || next === "" ? null : next, serverTimeMs },
  };
}
