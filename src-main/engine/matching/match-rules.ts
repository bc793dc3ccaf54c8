import type { MirrorHit } from "../ports/mirror.ts";
import type { Link } from "../ports/connector.ts";
import type { Match } from "../ports/delivery-store.ts";
import type { MatchTrial, MatchVerdict } from "../ports/matcher.ts";

/** A number that more people share is a switchboard: who of them called cannot be told by any rule. */
export const defaultSharedAbove = 3;

/** An open deal that is about one of the people. */
export type OpenDeal = Readonly<{ name: string; ownerId: string | null; about: readonly Link[] }>;

export type RuleAsk = Readonly<{
  number: string;
  /** Everybody who has the number. */
  people: readonly MirrorHit[];
  /** The CRM's owner id of the call's agent, or null. */
  ownerId: string | null;
  deals: readonly OpenDeal[];
  sharedAbove: number;
  at: number;
}>;

type Choice = Readonly<{ person: MirrorHit; evidence: string }>;
/** Who it is, or why the rule cannot tell. */
type Finding = Choice | Readonly<{ why: string }>;
type Rule = Readonly<{ name: RuleName; find: (people: readonly MirrorHit[], ask: RuleAsk) => Finding }>;

const ruleNames = ["only_one", "open_deal_of_agent", "last_activity", "owner_is_the_agent", "company"] as const;
export type RuleName = (typeof ruleNames)[number];

const isChoice = (finding: Finding): finding is Choice => "person" in finding;
const isAbout = (person: MirrorHit, links: readonly Link[]): boolean =>
  links.some(({ object, id }) => object === person.object && id === person.id);
const companiesOf = ({ also }: MirrorHit): readonly Link[] => also;
const toDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

const onlyOne: Rule["find"] = (people) => {
  const [first, ...others] = people;
  if (first === undefined || others.length > 0) return { why: `${people.length} records share the number` };
  const typed = first.isExact ? "" : `, typed there as ${first.typed}`;
  return { person: first, evidence: `the only record with this number (${first.field}${typed})` };
};

const openDeal: Rule["find"] = (people, { deals, ownerId }) => {
  if (ownerId === null) return { why: "the call's agent is nobody who owns records in the CRM" };
  const own = deals.filter((deal) => deal.ownerId === ownerId);
  const named = people.filter((person) => own.some(({ about }) => isAbout(person, about)));
  // A deal that names only the company speaks for the one person of that company here.
  const ofCompany = people.filter((person) =>
    own.some(({ about }) => companiesOf(person).some(({ object, id }) => isAbout({ ...person, object, id }, about))),
  );
  const [one, ...more] = named.length > 0 ? named : ofCompany;
  if (one === undefined) return { why: "the agent has no open deal with any of them" };
  if (more.length > 0) return { why: `the agent has open deals with ${more.length + 1} of them` };
  const deal = own.find(({ about }) => isAbout(one, about)) ?? own[0];
  return { person: one, evidence: `the agent of the call owns the open deal "${deal?.name ?? ""}" with this person` };
};

const lastActivity: Rule["find"] = (people) => {
  const ordered = people.toSorted((a, b) => (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
  const [first, second] = ordered;
  if (first === undefined || first.lastActivityAt === null)
    return { why: "the CRM shows no activity with any of them" };
  if (first.lastActivityAt === (second?.lastActivityAt ?? null))
    return { why: "two of them were active last, equally" };
  return { person: first, evidence: `last active on ${toDay(first.lastActivityAt)}` };
};

const ownerIsAgent: Rule["find"] = (people, { ownerId }) => {
  if (ownerId === null) return { why: "the call's agent is nobody who owns records in the CRM" };
  const own = people.filter((person) => person.ownerId === ownerId);
  const [one, ...more] = own;
  if (one === undefined) return { why: "the agent owns none of them" };
  if (more.length > 0) return { why: `the agent owns ${own.length} of them` };
  return { person: one, evidence: "the agent of the call owns this record" };
};

/** The company that has the number itself, or that all who share it belong to. */
const company: Rule["find"] = (people, { people: everybody, number }) => {
  const holders = everybody.filter(({ kind }) => kind === "company");
  const [holder, ...otherHolders] = holders;
  if (holder !== undefined && otherHolders.length === 0)
    return { person: holder, evidence: `${number} is the number of this company, which several people share` };
  const [first, ...others] = people;
  const link = (first === undefined ? [] : companiesOf(first)).find((shared) =>
    others.every((person) =>
      companiesOf(person).some(({ object, id }) => object === shared.object && id === shared.id),
    ),
  );
  if (first === undefined || link === undefined) return { why: "they belong to no company in common" };
  const person: MirrorHit = {
    ...first,
    ...link,
    kind: "company",
    name: `the company of ${first.name}`,
    also: [],
    ownerId: null,
  };
  return { person, evidence: "several people of one company share this number; it is logged with the company" };
};

/** In order; the first rule that names exactly one record decides. Nothing is ever chosen by chance. */
export const matchRules: readonly Rule[] = [
  { name: "only_one", find: onlyOne },
  { name: "open_deal_of_agent", find: openDeal },
  { name: "last_activity", find: lastActivity },
  { name: "owner_is_the_agent", find: ownerIsAgent },
  { name: "company", find: company },
];

/** Rules that may choose between the people of a switchboard: none but the one that chooses no person. */
const switchboardRules: ReadonlySet<RuleName> = new Set(["company"]);

const isLead = ({ object }: MirrorHit): boolean => /^leads?$/i.test(object);

/** Who counts: contacts, else leads, else companies. */
export function eligible(people: readonly MirrorHit[]): readonly MirrorHit[] {
  const persons = people.filter(({ kind }) => kind === "person");
  const contacts = persons.filter((person) => !isLead(person));
  if (contacts.length > 0) return contacts;
  return persons.length > 0 ? persons : people;
}

export function toMatch(
  { number, people, at }: Pick<RuleAsk, "number" | "people" | "at">,
  rule: string,
  person: MirrorHit | null,
  evidence: string,
): Match {
  return {
    number,
    object: person?.object ?? null,
    personId: person?.id ?? null,
    name: person?.name ?? null,
    also: person?.also ?? [],
    rule,
    evidence,
    candidates: people.map(({ object, id, name, field }) => ({ object, id, name, field })),
    matchedAt: at,
  };
}

/** Names that a sentence tells; the rest is counted. */
const mostNames = 6;

function describeNames(people: readonly MirrorHit[]): string {
  const named = people.slice(0, mostNames).map(({ name, object, id }) => `${name} (${object} ${id})`);
  const left = people.length - named.length;
  return left === 0 ? named.join(", ") : `${named.join(", ")} and ${left} more`;
}

/** Why a rule could not tell; that there are several is no news. */
const describeRule = ({ rule, said }: MatchTrial["rules"][number]): readonly string[] =>
  rule === "only_one" ? [] : [`${rule.replaceAll("_", " ")} (${said})`];

/** The person of a call among everybody with its number, with what each rule said; or the question for a person. */
export function choosePerson(ask: RuleAsk): MatchTrial {
  const people = eligible(ask.people);
  const isSwitchboard = people.length > ask.sharedAbove;
  const rules: MatchTrial["rules"][number][] = [];
  for (const { name, find } of matchRules) {
    if (isSwitchboard && !switchboardRules.has(name)) continue;
    const finding = find(people, ask);
    rules.push({ rule: name, said: isChoice(finding) ? finding.evidence : finding.why, decided: isChoice(finding) });
    if (!isChoice(finding)) continue;
    const match = toMatch(ask, name, finding.person, finding.evidence);
    return { verdict: { kind: "matched", match }, rules };
  }
  const shared = isSwitchboard
    ? `${people.length} people have the number ${ask.number}: it is a switchboard`
    : `${people.length} records have the number ${ask.number}`;
  const sentence = `${shared}, and no rule tells them apart: ${rules.flatMap(describeRule).join("; ")}. They are ${describeNames(people)}.`;
  const match = toMatch(ask, "ask", null, sentence);
  const verdict: MatchVerdict = { kind: "ambiguous", match, rules, sentence };
  return { verdict, rules };
}
