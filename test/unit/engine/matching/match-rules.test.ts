import { describe, expect, test } from "vitest";
import { choosePerson, matchRules, type RuleAsk } from "../../../../src-main/engine/matching/match-rules.ts";
import { ownerOfAgent } from "../../../../src-main/engine/matching/agent-owner.ts";
import type { MirrorHit } from "../../../../src-main/engine/ports/mirror.ts";

const number = "+442079460958";
const aHit = (id: string, change: Partial<MirrorHit> = {}): MirrorHit => ({
  kind: "person",
  object: "contacts",
  id,
  name: `Person ${id}`,
  field: "phone",
  typed: number,
  isExact: true,
  ownerId: null,
  also: [],
  lastActivityAt: null,
  ...change,
});
const clinic = { object: "companies", id: "c1" };
const decide = (people: readonly MirrorHit[], change: Partial<RuleAsk> = {}) =>
  choosePerson({ number, people, ownerId: null, deals: [], sharedAbove: 3, at: 0, ...change });
const chosen = (people: readonly MirrorHit[], change: Partial<RuleAsk> = {}) => {
  const { verdict } = decide(people, change);
  return verdict.kind === "matched" ? [verdict.match.rule, verdict.match.personId] : [verdict.kind];
};

describe("the rules, in their order", () => {
  test("are these", () => {
    expect(matchRules.map(({ name }) => name)).toEqual([
      "only_one",
      "open_deal_of_agent",
      "last_activity",
      "owner_is_the_agent",
      "company",
    ]);
  });

  test("the only one is it, and the evidence says how the number is typed there", () => {
    expect(chosen([aHit("1")])).toEqual(["only_one", "1"]);
    const { verdict } = decide([aHit("1", { isExact: false, typed: "020 7946 0958" })]);
    expect(verdict).toMatchObject({
      match: { evidence: "the only record with this number (phone, typed there as 020 7946 0958)" },
    });
  });

  test("an open deal of the agent goes before the last activity", () => {
    const people = [aHit("1", { lastActivityAt: 5 }), aHit("2", { lastActivityAt: 3 })];
    const deals = [{ name: "Order", ownerId: "7", about: [{ object: "contacts", id: "2" }] }];
    expect(chosen(people, { ownerId: "7", deals })).toEqual(["open_deal_of_agent", "2"]);
    expect(chosen(people, { ownerId: "8", deals })).toEqual(["last_activity", "1"]);
  });

  test("a deal that names only the company speaks for the one person of that company", () => {
    const people = [aHit("1", { also: [clinic] }), aHit("2")];
    const deals = [{ name: "Order", ownerId: "7", about: [clinic] }];
    expect(chosen(people, { ownerId: "7", deals })).toEqual(["open_deal_of_agent", "1"]);
  });

  test("then who was active last, then whose owner the agent is, then the company they share", () => {
    expect(chosen([aHit("1", { lastActivityAt: 1 }), aHit("2", { lastActivityAt: 2 })])).toEqual([
      "last_activity",
      "2",
    ]);
    expect(chosen([aHit("1", { ownerId: "7" }), aHit("2", { ownerId: "8" })], { ownerId: "7" })).toEqual([
      "owner_is_the_agent",
      "1",
    ]);
    expect(chosen([aHit("1", { also: [clinic] }), aHit("2", { also: [clinic] })])).toEqual(["company", "c1"]);
    const holder = aHit("c9", { kind: "company", object: "companies" });
    expect(chosen([aHit("1"), aHit("2"), holder])).toEqual(["company", "c9"]);
  });

  test("two who were active last alike are not told apart by it", () => {
    expect(chosen([aHit("1", { lastActivityAt: 2 }), aHit("2", { lastActivityAt: 2 })])).toEqual(["ambiguous"]);
  });

  test("nothing is chosen by chance: the question says what each rule found", () => {
    const { verdict, rules } = decide([aHit("1"), aHit("2")], { ownerId: "7" });
    expect(verdict).toMatchObject({ kind: "ambiguous", match: { rule: "ask", personId: null } });
    expect(verdict.kind === "ambiguous" ? verdict.sentence : "").toBe(
      `2 records have the number ${number}, and no rule tells them apart: open deal of agent (the agent has no open deal with any of them); last activity (the CRM shows no activity with any of them); owner is the agent (the agent owns none of them); company (they belong to no company in common). They are Person 1 (contacts 1), Person 2 (contacts 2).`,
    );
    expect(rules.every(({ decided }) => !decided)).toBe(true);
  });
});

test("a number that more people share is a switchboard: only its company may have the call", () => {
  const people = ["1", "2", "3", "4"].map((id, at) => aHit(id, { lastActivityAt: at }));
  expect(chosen(people)).toEqual(["ambiguous"]);
  expect(chosen(people.map((hit) => ({ ...hit, also: [clinic] })))).toEqual(["company", "c1"]);
  expect(chosen(people, { sharedAbove: 4 })).toEqual(["last_activity", "4"]);
});

test("a lead counts only where no contact has the number, a company only where nobody has", () => {
  const lead = aHit("9", { object: "Leads" });
  const company = aHit("c1", { kind: "company", object: "Accounts" });
  expect(chosen([lead, aHit("1"), company])).toEqual(["only_one", "1"]);
  expect(chosen([lead, company])).toEqual(["only_one", "9"]);
  expect(chosen([company])).toEqual(["only_one", "c1"]);
});

describe("the owner of a call's agent", () => {
  const owners = [
    { id: "77", name: "Alice Example", email: "alice@example.test" },
    { id: "78", name: "Bob Example", email: null },
    { id: "79", name: "Bob Example", email: "bob@example.test" },
  ];
  test.each([
    ["Alice Example", undefined, "77"],
    ["example, alice", undefined, null],
    ["Example, Alice", undefined, "77"],
    ["ALICE@example.test", undefined, "77"],
    ["Bob Example", undefined, null],
    ["ext:204", undefined, null],
    ["ext:204", "ext:204=bob@example.test", "79"],
    ["ext:205", "ext:204=77,ext:205=Alice Example", "77"],
    [null, undefined, null],
  ])("%s with %s", (agent, setting, id) => {
    expect(ownerOfAgent(owners, agent, setting)).toBe(agent === "example, alice" ? "77" : id);
  });
});
