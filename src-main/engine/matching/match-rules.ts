import type { PersonCandidate } from "../ports/connector.ts";
import type { Match } from "../ports/delivery-store.ts";
import type { MatchVerdict } from "../ports/matcher.ts";

type Ask = Readonly<{ number: string; people: readonly PersonCandidate[]; ownerId: string | null; at: number }>;
type Choice = Readonly<{ person: PersonCandidate; evidence: string }>;
type Rule = Readonly<{ name: string; choose: (people: readonly PersonCandidate[], ask: Ask) => Choice | undefined }>;

const only = (people: readonly PersonCandidate[]): PersonCandidate | undefined =>
  people.length === 1 ? people[0] : undefined;

function newest(people: readonly PersonCandidate[]): Choice | undefined {
  const ordered = people.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
  const [first, second] = ordered;
  if (first === undefined || first.lastActivityAt === null || first.lastActivityAt === (second?.lastActivityAt ?? null))
    return undefined;
  return { person: first, evidence: `last active ${new Date(first.lastActivityAt).toISOString()}` };
}

/** In order; the first rule that names exactly one person decides. Nothing is ever chosen by chance. */
export const matchRules: readonly Rule[] = [
  {
    name: "only_one",
    choose: (people) => {
      const person = only(people);
      return person === undefined
        ? undefined
        : { person, evidence: `the only record with this number (${person.field})` };
    },
  },
  {
    name: "owner_is_the_agent",
    choose: (people, { ownerId }) => {
      const person = ownerId === null ? undefined : only(people.filter((candidate) => candidate.ownerId === ownerId));
      return person === undefined ? undefined : { person, evidence: "the agent of the call owns this record" };
    },
  },
  { name: "last_activity", choose: (people) => newest(people) },
  {
    name: "company",
    choose: (people) => {
      const person = only(people.filter((candidate) => candidate.object === "companies"));
      return person === undefined
        ? undefined
        : { person, evidence: "several people share this number; the company is theirs" };
    },
  },
];

function toMatch(ask: Ask, rule: string, choice: Choice | null, evidence: string): Match {
  return {
    number: ask.number,
    object: choice?.person.object ?? null,
    personId: choice?.person.id ?? null,
    name: choice?.person.name ?? null,
    also: choice?.person.also ?? [],
    rule,
    evidence,
    candidates: ask.people.map(({ object, id, name, field }) => ({ object, id, name, field })),
    matchedAt: ask.at,
  };
}

/** The person of a call among everybody with its number, with the rule and what it saw; or the question for a person. */
export function choosePerson(ask: Ask): MatchVerdict {
  for (const rule of matchRules) {
    const choice = rule.choose(ask.people, ask);
    if (choice !== undefined) return { kind: "matched", match: toMatch(ask, rule.name, choice, choice.evidence) };
  }
  const sentence = `${ask.people.length} records have the number ${ask.number}, and no rule tells them apart.`;
  return { kind: "ambiguous", match: toMatch(ask, "ask", null, sentence), sentence };
}
