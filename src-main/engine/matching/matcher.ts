import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { type Integration, toMadePerson } from "../../../src-shared/domain/integration.ts";
import type { Clock } from "../ports/clock.ts";
import type { Link, MirrorOwner } from "../ports/connector.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { MatchAsk, MatchTrial, MatchVerdict, Matcher } from "../ports/matcher.ts";
import type { MatchRuleStore, ToldRule } from "../ports/match-rules.ts";
import type { Mirror, MirrorHit, MirrorStore } from "../ports/mirror.ts";
import type { PersonLedger } from "../ports/person-ledger.ts";
import { ownerOfAgent } from "./agent-owner.ts";
import { createLivePeople } from "./live-people.ts";
import { choosePerson, defaultSharedAbove, eligible, toMatch } from "./match-rules.ts";
import { createPersonMaker } from "./person-maker.ts";

/** Nothing is matched by a copy that is older, ms. */
const hitAgeMs = 15 * 60_000;
/** Nobody is said to be unknown by a copy that is older: one reading answers for all who were missed since, ms. */
const missAgeMs = 30_000;
/** Nobody is made by a copy that is older, ms. */
const makeAgeMs = 5_000;
/** After so many failed readings in a row, calls are looked up one by one, as if there were no copy. */
const troublesToGoWithout = 3;
/** Lane of calls that just ended: they are looked up at the CRM while there is no copy yet. */
const urgentLane = 0;

export type MatcherParts = Readonly<{
  clock: Clock;
  mirror: Mirror;
  store: MirrorStore;
  ledger: PersonLedger;
  rules: MatchRuleStore;
  requestTimeoutMs: number;
}>;

type House = Readonly<{
  own: ReadonlySet<string>;
  ownerOf: (agent: string | null) => string | null;
  /** What a person said of a number. */
  ruleOf: (number: string) => ToldRule | undefined;
}>;

/** Many calls of one moment are with the same number: what is read for one of them answers for all. */
function onceForEach<T>(read: (number: string) => T): (number: string) => T {
  const known = new Map<string, Readonly<{ answer: T }>>();
  return (number) => {
    const found = known.get(number) ?? { answer: read(number) };
    known.set(number, found);
    return found.answer;
  };
}

type Call = Pick<DeliveryRow, "match" | "stepsDone"> &
  Readonly<{ call: Pick<DeliveryRow["call"], "direction" | "from" | "to" | "agent"> }>;

/** The party to look up: E.164 only; a short code or a withheld number belongs to nobody. */
function numberOf({ call }: Call): string | null {
  const party = call.direction === "inbound" ? call.from : call.to;
  return party !== null && party.startsWith("+") ? party : null;
}

function readSharedAbove(setting: string | undefined): number {
  const given = Number(setting ?? "");
  return Number.isInteger(given) && given > 0 ? given : defaultSharedAbove;
}

/** Finds the person of each call by the local copy of the CRM (see the port). */
export function createMatcher(parts: MatcherParts): Matcher {
  const { clock, mirror, store, rules } = parts;
  const live = createLivePeople(clock);
  const maker = createPersonMaker({ ...parts, quietTimeMs: 2 * parts.requestTimeoutMs });
  /** What was read before this time counts no more. */
  const countsFrom = new Map<number, number>();
  const doubted = new Map<number, Set<string>>();

  const unlinked = (number: string | null, rule: string, evidence: string): MatchVerdict => ({
    kind: "matched",
    match: toMatch({ number: number ?? "", people: [], at: clock.now() }, rule, null, evidence),
  });

  /** Where the clock was put back, a time that is to come counts as now: nothing can be as fresh as it. */
  function sinceFor(id: number, maxAgeMs: number): number {
    const now = clock.now();
    const from = Math.min(countsFrom.get(id) ?? 0, now);
    countsFrom.set(id, from);
    return Math.max(now - maxAgeMs, from);
  }

  /** The record itself, or the one it was merged into; null where it is gone without a trace. */
  function follow(id: number, link: Link): Link | null {
    let at = link;
    for (let fate = store.fateOf(id, at); fate !== null; fate = store.fateOf(id, at)) {
      if (fate.mergedInto === null) return null;
      at = fate.mergedInto;
    }
    return at;
  }

  function toHit(id: number, at: Link, number: string, name: string): MirrorHit {
    const known = store.get(id, at);
    return {
      kind: known?.kind ?? "person",
      object: at.object,
      id: at.id,
      name: known?.name ?? name,
      field: "",
      typed: number,
      isExact: true,
      ownerId: known?.ownerId ?? null,
      also: known?.links ?? [],
      lastActivityAt: known?.lastActivityAt ?? null,
    };
  }

  /** What a person said of this number stands above every rule. */
  function told(integration: Integration, house: House, number: string, people: readonly MirrorHit[]): Match | null {
    const rule = house.ruleOf(number);
    if (rule === undefined) return null;
    const at = follow(integration.id, rule.person);
    if (at === null) return null;
    const person = toHit(integration.id, at, number, rule.name);
    const evidence = `${rule.madeBy} said on ${new Date(rule.madeAt).toISOString().slice(0, 10)} that the number is this record's`;
    const candidates = people.some((each) => each.id === at.id) ? people : [person, ...people];
    return toMatch({ number, people: candidates, at: clock.now() }, "told", person, evidence);
  }

  /** Whom the call was matched to, if that record was merged into another since. */
  function followed(integration: Integration, match: Match | null): Match | null {
    if (match === null || match.object === null || match.personId === null) return null;
    const before = { object: match.object, id: match.personId };
    const at = follow(integration.id, before);
    if (at === null || at === before || store.get(integration.id, at) === undefined) return null;
    const person = toHit(integration.id, at, match.number, match.name ?? match.personId);
    const evidence = `${match.name ?? match.personId} (${before.object} ${before.id}) was merged into this record in the CRM`;
    return toMatch({ number: match.number, people: [person], at: clock.now() }, "merged", person, evidence);
  }

  function choose(
    integration: Integration,
    number: string,
    people: readonly MirrorHit[],
    ownerId: string | null,
  ): MatchTrial {
    const { id, settings } = integration;
    const some = eligible(people);
    const about = some.flatMap((person) => [{ object: person.object, id: person.id }, ...person.also]);
    return choosePerson({
      number,
      people,
      ownerId,
      deals: some.length > 1 ? store.openDeals(id, about) : [],
      sharedAbove: readSharedAbove(settings["sharedAbove"]),
      at: clock.now(),
    });
  }

  /** The house itself, as it is known at one moment: read once for all calls that are matched then. */
  function houseOf({ id, tenant, settings }: Integration): House {
    // Most calls need none of them: nobody shares the number.
    let owners: readonly MirrorOwner[] | undefined;
    return {
      own: store.ownNumbers(tenant),
      ownerOf: (agent) =>
        agent === null ? null : ownerOfAgent((owners ??= store.owners(id)), agent, settings["agents"]),
      ruleOf: onceForEach((number) => rules.ruleOf(id, number)),
    };
  }

  /** Everything that is decided without asking anybody; null where nobody has the number. */
  function decide(integration: Integration, house: House, row: Call, people: readonly MirrorHit[]): MatchTrial | null {
    const number = numberOf(row);
    const said = (verdict: MatchVerdict): MatchTrial => ({ verdict, rules: [] });
    if (number === null) return said(unlinked(null, "unlinked", "The call shows no number to look for."));
    if (house.own.has(number))
      return said(
        unlinked(number, "own_number", "It is one of the house's own numbers, which are nobody's in the CRM."),
      );
    const match = told(integration, house, number, people) ?? followed(integration, row.match);
    if (match !== null) return said({ kind: "matched", match });
    return people.length === 0 ? null : choose(integration, number, people, house.ownerOf(row.call.agent));
  }

  async function nobody(ask: MatchAsk, number: string, isLive: boolean): Promise<MatchVerdict> {
    const { unknownCaller } = ask.integration;
    const evidence = "Nobody in the CRM has this number; unknown callers are logged without a person.";
    if (unknownCaller === "log") return unlinked(number, "unlinked", evidence);
    if (unknownCaller === "hold" || isLive) return { kind: "nobody", number, isLive };
    return maker.personFor(ask, number);
  }

  /** Look-ups at the CRM for what the copy cannot answer; what they show to be gone leaves the copy. */
  async function lookUpLive(ask: MatchAsk, numbers: readonly string[]): Promise<ConnectorFault | null> {
    const { id } = ask.integration;
    const looked = await live.lookUp(ask, numbers);
    if (!looked.ok) return looked.fault;
    const inCopy = mirror.finder(ask.integration);
    for (const number of numbers) {
      const there = live.find(id, number) ?? [];
      const isGone = (hit: MirrorHit): boolean =>
        there.length === 0 ||
        (there.some(({ object }) => object === hit.object) && there.every((each) => each.id !== hit.id));
      for (const hit of inCopy(number).filter(isGone))
        store.markGone(id, { object: hit.object, id: hit.id, mergedInto: null }, clock.now());
    }
    return null;
  }

  async function matchAll(ask: MatchAsk, rows: readonly DeliveryRow[]): Promise<ReadonlyMap<number, MatchVerdict>> {
    const { integration } = ask;
    const { id } = integration;
    const doubts = doubted.get(id) ?? new Set<string>();
    const isCopied = !["never", "loading"].includes(mirror.state(id));
    // A search that lags may still show whom somebody deleted; the lists of what is gone were read for it.
    const isTrusted = (ask.connector.limits.searchLagMs ?? 0) === 0;
    const isLive = (number: string): boolean => !isCopied || (isTrusted && doubts.has(number));
    const numbers = [...new Set(rows.flatMap((row) => numberOf(row) ?? []))];
    const stale = isCopied ? await mirror.refresh(ask, sinceFor(id, hitAgeMs)) : null;
    const missed = await lookUpLive(ask, numbers.filter(isLive));
    const fault = stale ?? missed;
    if (fault !== null) return new Map(rows.map((row) => [row.id, { kind: "fault", fault }]));

    const house = houseOf(integration);
    const inCopy = mirror.finder(integration);
    const peopleOf = (number: string): readonly MirrorHit[] =>
      isLive(number) ? (live.find(id, number) ?? []) : inCopy(number);
    const decideBy = (row: DeliveryRow, find: typeof peopleOf) =>
      decide(integration, house, row, find(numberOf(row) ?? ""));
    const foundFirst = onceForEach(peopleOf);
    const known = new Map(rows.map((row) => [row.id, decideBy(row, foundFirst)]));
    const misses = rows.filter((row) => known.get(row.id) === null);
    const makes = toMadePerson(integration.unknownCaller) !== null;
    const unread =
      misses.length > 0 && isCopied ? await mirror.refresh(ask, sinceFor(id, makes ? makeAgeMs : missAgeMs)) : null;
    const verdicts = new Map<number, MatchVerdict>();
    for (const row of rows) {
      const number = numberOf(row) ?? "";
      // Who was missed may be in the copy by now: by the reading, or made for a call before this one.
      const decided = known.get(row.id) ?? decideBy(row, peopleOf);
      if (decided !== null) verdicts.set(row.id, decided.verdict);
      else if (unread !== null) verdicts.set(row.id, { kind: "fault", fault: unread });
      else verdicts.set(row.id, await nobody(ask, number, !isCopied));
    }
    for (const number of numbers) doubts.delete(number);
    return verdicts;
  }

  return {
    match: (ask) => matchAll(ask, ask.rows),
    isReady: (id, lane) =>
      lane === urgentLane ||
      !["never", "loading"].includes(mirror.state(id)) ||
      mirror.trouble(id).times >= troublesToGoWithout,
    isOutdated: ({ integrationId, match }) =>
      match !== null &&
      match.object !== null &&
      match.personId !== null &&
      store.fateOf(integrationId, { object: match.object, id: match.personId }) !== null,
    owners: (integration) => houseOf(integration).ownerOf,
    tryOut: ({ integration, number, agent }) => {
      const people = mirror.finder(integration)(number);
      const row: Call = { match: null, stepsDone: [], call: { direction: "inbound", from: number, to: null, agent } };
      const decided = decide(integration, houseOf(integration), row, people);
      if (decided !== null) return decided;
      const verdict: MatchVerdict =
        integration.unknownCaller === "log"
          ? unlinked(
              number,
              "unlinked",
              "Nobody in the CRM has this number; unknown callers are logged without a person.",
            )
          : { kind: "nobody", number, isLive: false };
      return { verdict, rules: [] };
    },
    doubt: (id, number) => {
      const numbers = doubted.get(id) ?? new Set<string>();
      doubted.set(id, numbers.add(number));
      mirror.deepen(id);
      live.forget(id);
    },
    forget: (id) => {
      countsFrom.set(id, clock.now());
      live.forget(id);
    },
  };
}
