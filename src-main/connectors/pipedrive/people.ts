import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession, PersonCandidate } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { listFields } from "./field-list.ts";
import { contactPage, phonesOf, toCandidate, type Contact, type PersonObject } from "./person.ts";
import { createPersonIndex, type PersonIndex } from "./person-index.ts";
import { isSameNumber, toWantedNumber, type WantedNumber } from "./phone-match.ts";
import { apiPath, costs, idsMax } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type Found = Map<string, readonly PersonCandidate[]>;
export type PeopleFinder = (
  session: CrmSession,
  numbers: readonly string[],
) => Result<ReadonlyMap<string, readonly PersonCandidate[]>>;

type Source = Readonly<{ object: PersonObject; customPhones: readonly string[]; index: PersonIndex }>;

/**
 * Looks people up by number: persons first, organizations for the numbers that no person has. How the vendor's search
 * takes numbers apart is not documented and it lags, so numbers are looked up in lists: ten tokens for five hundred
 * records once, and ten for all that changed since. Every hit is read again by id, so that nobody who was deleted or
 * merged away is named, and is verified by normalising both sides.
 */
export function createPeopleFinder(client: Client, clock: Clock): PeopleFinder {
  let sources: readonly Source[] | null = null;

  const openSources = async (session: CrmSession): Result<readonly Source[]> => {
    if (sources !== null) return { ok: true, value: sources };
    const opened: Source[] = [];
    for (const object of ["persons", "organizations"] as const) {
      const fields = await listFields(client, session, object);
      if (!fields.ok) return fields;
      const customPhones = fields.value
        .filter(({ isCustom, type }) => isCustom && type === "phone")
        .map(({ code }) => code);
      // Organizations have no phone of their own: without a field for one there is nothing to look up.
      if (object === "organizations" && customPhones.length === 0) continue;
      opened.push({ object, customPhones, index: createPersonIndex({ client, clock, object, customPhones }) });
    }
    sources = opened;
    return { ok: true, value: opened };
  };

  return async (session, numbers) => {
    const found: Found = new Map(numbers.map((number) => [number, []]));
    const wanted = new Map(
      [...found.keys()].flatMap((number) => {
        const known = toWantedNumber(number);
        return known === undefined ? [] : [[number, known] as const];
      }),
    );
    if (wanted.size === 0) return { ok: true, value: found };
    const opened = await openSources(session);
    if (!opened.ok) return opened;
    for (const source of opened.value) {
      const left = [...wanted].filter(([number]) => (found.get(number) ?? []).length === 0);
      if (left.length === 0) break;
      const fault = await findIn(client, session, source, left, found);
      if (fault !== null) return { ok: false, fault };
    }
    return { ok: true, value: found };
  };
}

async function findIn(
  client: Client,
  session: CrmSession,
  { object, customPhones, index }: Source,
  wanted: readonly (readonly [string, WantedNumber])[],
  found: Found,
): Promise<ConnectorFault | null> {
  const stale = await index.refresh(session);
  if (stale !== null) return stale;
  const ids = [...new Set(wanted.flatMap(([, { tail }]) => index.find(tail)))];
  const read = await readLive(client, session, object, ids);
  if (!read.ok) return read.fault;
  for (const [number, known] of wanted) {
    const candidates = read.value.flatMap((contact) => {
      const held = phonesOf(contact, customPhones).find(([, typed]) => isSameNumber(typed, known));
      return held === undefined ? [] : [toCandidate(object, contact, held[0])];
    });
    found.set(number, candidates);
  }
  return null;
}

/** The records of these ids that are still there and visible: the vendor leaves out the others. */
async function readLive(
  client: Client,
  session: CrmSession,
  object: PersonObject,
  ids: readonly string[],
): Result<readonly Contact[]> {
  const live: Contact[] = [];
  for (let from = 0; from < ids.length; from += idsMax) {
    const query = new URLSearchParams({ ids: ids.slice(from, from + idsMax).join(","), limit: String(idsMax) });
    const reply = await client.call(session, {
      method: "GET",
      path: `${apiPath(object)}?${query.toString()}`,
      kind: "read",
      subject: "other",
      schema: contactPage,
      cost: costs.list,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    live.push(...reply.value.value.data.filter((contact) => contact.is_deleted !== true));
  }
  return { ok: true, value: live };
}
