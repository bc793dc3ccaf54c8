import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../ports/clock.ts";
import type { PersonCandidate } from "../ports/connector.ts";
import type { MatchAsk } from "../ports/matcher.ts";
import type { MirrorHit } from "../ports/mirror.ts";

/** A hit is good for this long; nobody only briefly, since somebody may add the contact. Both in ms. */
const hitTtlMs = 10 * 60_000;
const missTtlMs = 1_000;
/** Numbers kept per integration; the oldest leave. */
const maxCached = 20_000;

type Cached = Readonly<{ people: readonly MirrorHit[]; goodUntil: number }>;
export type LivePeople = Readonly<{
  /** Asks the CRM for numbers that are not known, batched. */
  lookUp(ask: MatchAsk, numbers: readonly string[]): Promise<Outcome<null, ConnectorFault>>;
  find(integrationId: number, number: string): readonly MirrorHit[] | undefined;
  forget(integrationId: number): void;
}>;

const companyWords = /^(compan|account|organi[sz]ation)/i;

const toHit = ({ object, id, name, field, ownerId, also, lastActivityAt }: PersonCandidate): MirrorHit => ({
  kind: companyWords.test(object) ? "company" : "person",
  object,
  id,
  name,
  field,
  typed: "",
  isExact: true,
  ownerId,
  also,
  lastActivityAt,
});

/** Look-ups at the CRM itself: for urgent calls while there is no copy yet, and for numbers whose copy is in doubt. */
export function createLivePeople(clock: Clock): LivePeople {
  const books = new Map<number, Map<string, Cached>>();
  const bookOf = (id: number): Map<string, Cached> => {
    const book = books.get(id) ?? new Map<string, Cached>();
    books.set(id, book);
    return book;
  };
  const find: LivePeople["find"] = (id, number) => {
    const cached = books.get(id)?.get(number);
    return cached !== undefined && cached.goodUntil > clock.monotonic() ? cached.people : undefined;
  };
  function remember(id: number, number: string, people: readonly PersonCandidate[]): void {
    const book = bookOf(id);
    book.delete(number);
    const goodUntil = clock.monotonic() + (people.length > 0 ? hitTtlMs : missTtlMs);
    book.set(number, { people: people.map(toHit), goodUntil });
    const oldest = book.keys().next();
    if (book.size > maxCached && oldest.done !== true) book.delete(oldest.value);
  }
  return {
    find,
    forget: (id) => void books.delete(id),
    lookUp: async ({ integration, connector, session }, numbers) => {
      const missing = numbers.filter((number) => find(integration.id, number) === undefined);
      const size = connector.limits.peopleNumbers;
      for (let at = 0; at < missing.length; at += size) {
        const chunk = missing.slice(at, at + size);
        const found = await connector.people(session, chunk);
        if (!found.ok) return found;
        for (const number of chunk) remember(integration.id, number, found.value.get(number) ?? []);
      }
      return { ok: true, value: null };
    },
  };
}
