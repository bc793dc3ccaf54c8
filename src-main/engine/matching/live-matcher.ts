import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmSession, PersonCandidate } from "../ports/connector.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { MatchVerdict, Matcher } from "../ports/matcher.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { choosePerson } from "./match-rules.ts";

/** A hit is good for this long; nobody only briefly, since somebody may add the contact. Both in ms. */
const hitTtlMs = 10 * 60_000;
const missTtlMs = 1_000;
/** Numbers kept per integration; the oldest leave. */
const maxCached = 20_000;

type Owners = readonly Readonly<{ id: string; name: string; email: string | null }>[];
type Cached = Readonly<{ people: readonly PersonCandidate[]; goodUntil: number }>;
type Book = { readonly people: Map<string, Cached>; owners: Owners | null };

/** The party to look up: E.164 only; a short code or a withheld number belongs to nobody. */
function numberOf(row: DeliveryRow): string | null {
  const party = row.call.direction === "inbound" ? row.call.from : row.call.to;
  return party !== null && party.startsWith("+") ? party : null;
}

const isSamePerson = (agent: string, owner: Owners[number]): boolean =>
  owner.name.toLowerCase() === agent || owner.email?.toLowerCase() === agent;

function unlinked(row: DeliveryRow, at: number, evidence: string): Match {
  return {
    number: numberOf(row) ?? "",
    object: null,
    personId: null,
    name: null,
    also: [],
    rule: "unlinked",
    evidence,
    candidates: [],
    matchedAt: at,
  };
}

/** Matches by look-ups at the CRM, one for all calls of a number, batched, and cached for the run. */
export function createLiveMatcher(clock: Clock): Matcher {
  const books = new Map<number, Book>();
  const bookOf = (integrationId: number): Book => {
    const known = books.get(integrationId);
    if (known !== undefined) return known;
    const made: Book = { people: new Map(), owners: null };
    books.set(integrationId, made);
    return made;
  };
  const cachedPeople = (book: Book, number: string): readonly PersonCandidate[] | undefined => {
    const cached = book.people.get(number);
    return cached !== undefined && cached.goodUntil > clock.monotonic() ? cached.people : undefined;
  };

  function remember(book: Book, number: string, people: readonly PersonCandidate[]): void {
    book.people.delete(number);
    book.people.set(number, { people, goodUntil: clock.monotonic() + (people.length > 0 ? hitTtlMs : missTtlMs) });
    const oldest = book.people.keys().next();
    if (book.people.size > maxCached && oldest.done !== true) book.people.delete(oldest.value);
  }

  async function lookUp(
    book: Book,
    numbers: readonly string[],
    connector: Connector,
    session: CrmSession,
  ): Promise<Outcome<null, ConnectorFault>> {
    const size = connector.limits.peopleNumbers;
    for (let at = 0; at < numbers.length; at += size) {
      const chunk = numbers.slice(at, at + size);
      const found = await connector.people(session, chunk);
      if (!found.ok) return found;
      for (const number of chunk) remember(book, number, found.value.get(number) ?? []);
    }
    return { ok: true, value: null };
  }

  async function ownersOf(book: Book, connector: Connector, session: CrmSession): Promise<Owners> {
    if (book.owners === null) {
      const answer = await connector.owners(session);
      // Without the list of owners the call is still logged, only without an owner; the next run asks again.
      if (!answer.ok) return [];
      book.owners = answer.value;
    }
    return book.owners;
  }

  function ownerIn(owners: Owners, agent: string | null): string | null {
    if (agent === null || agent.startsWith("ext:")) return null;
    const found = owners.filter((owner) => isSamePerson(agent.toLowerCase(), owner));
    return found.length === 1 ? (found[0]?.id ?? null) : null;
  }

  function decide(
    row: DeliveryRow,
    integration: Integration,
    book: Book,
    owners: Owners,
    fault: ConnectorFault | null,
  ): MatchVerdict {
    const number = numberOf(row);
    if (number === null)
      return { kind: "matched", match: unlinked(row, clock.now(), "The call shows no number to look for.") };
    const people = cachedPeople(book, number);
    if (people === undefined)
      return { kind: "fault", fault: fault ?? { kind: "transient", proof: "never_left", answer: {} } };
    if (people.length > 0)
      return choosePerson({ number, people, ownerId: ownerIn(owners, row.call.agent), at: clock.now() });
    if (integration.unknownCaller === "log")
      return {
        kind: "matched",
        match: unlinked(
          row,
          clock.now(),
          "Nobody in the CRM has this number; unknown callers are logged without a person.",
        ),
      };
    return { kind: "nobody", number };
  }

  return {
    match: async ({ integration, connector, session, rows }) => {
      const book = bookOf(integration.id);
      const wanted = new Set(
        rows.flatMap((row) => numberOf(row) ?? []).filter((number) => cachedPeople(book, number) === undefined),
      );
      const looked = await lookUp(book, [...wanted], connector, session);
      const owners = rows.some((row) => row.call.agent !== null && !row.call.agent.startsWith("ext:"))
        ? await ownersOf(book, connector, session)
        : [];
      return new Map(
        rows.map((row) => [row.id, decide(row, integration, book, owners, looked.ok ? null : looked.fault)]),
      );
    },
    ownerOf: async ({ integration, connector, session, agent }) => {
      if (agent === null || agent.startsWith("ext:")) return null;
      return ownerIn(await ownersOf(bookOf(integration.id), connector, session), agent);
    },
    forget: (integrationId) => void books.delete(integrationId),
  };
}
