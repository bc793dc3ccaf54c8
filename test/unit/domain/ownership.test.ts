import { describe, expect, test } from "vitest";
import {
  type FieldRule,
  filterBody,
  type OwnershipContract,
  ownershipContract,
  ruleOf,
  type Settlement,
  type UpdateAsk,
} from "../../../src-shared/domain/ownership.ts";

const value = { const: "x" };
const contract: OwnershipContract = {
  version: 1,
  crm: "hubspot",
  objects: {
    calls: {
      fields: {
        ours: { own: "agent", value },
        blank: { own: "fill-blank", value },
        theirs: { own: "crm" },
        notes: { own: "append", value },
      },
    },
  },
};

const ask = (more: Partial<UpdateAsk>): UpdateAsk => ({
  contract,
  object: "calls",
  operation: "update",
  wanted: {},
  remote: {},
  pushed: {},
  ...more,
});

describe("a first write", () => {
  test("holds every wanted field that the contract gives us, and names the others", () => {
    const wanted = { ours: "1", blank: "2", theirs: "3", notes: "4", other: "5" };
    const { body, kept } = filterBody({ contract, object: "calls", operation: "create", wanted });
    expect(body).toEqual({ ours: "1", blank: "2", notes: "4" });
    expect(kept).toEqual([
      { field: "theirs", why: "crm" },
      { field: "other", why: "not_in_contract" },
    ]);
  });

  test("of an object that the contract does not know holds nothing", () => {
    for (const object of ["contacts", "__proto__", "constructor"]) {
      const { body, kept } = filterBody({ contract, object, operation: "create", wanted: { ours: "1", fields: "2" } });
      expect(body).toEqual({});
      expect(kept.map(({ why }) => why)).toEqual(["not_in_contract", "not_in_contract"]);
    }
  });
});

describe("a rewrite", () => {
  type Row = readonly [string, string | null, string | undefined, string, string | undefined, string];
  const ours: readonly Row[] = [
    ["still holds what we pushed", "a", "a", "b", "b", ""],
    ["holds what is wanted already", "b", "a", "b", undefined, "unchanged"],
    ["was edited", "c", "a", "b", undefined, "conflict"],
    ["was emptied by a person", null, "a", "b", undefined, "conflict"],
    ["was filled by a person where we pushed nothing", "c", undefined, "b", undefined, "conflict"],
    ["is empty and we never pushed", null, undefined, "b", "b", ""],
    ["is to be emptied and still holds what we pushed", "a", "a", "", "", ""],
  ];
  test.each(ours)("of our field that %s", (_name, remote, pushed, wanted, written, why) => {
    const { body, kept } = filterBody(
      ask({ wanted: { ours: wanted }, remote: { ours: remote }, pushed: pushed === undefined ? {} : { ours: pushed } }),
    );
    expect(body).toEqual(written === undefined ? {} : { ours: written });
    expect(kept.map((each) => each.why)).toEqual(why === "" ? [] : [why]);
  });

  test("fills an empty field and leaves a full one", () => {
    expect(filterBody(ask({ wanted: { blank: "x" }, remote: { blank: null } })).body).toEqual({ blank: "x" });
    expect(filterBody(ask({ wanted: { blank: "x" }, remote: { blank: "y" } })).kept[0]?.why).toBe("not_blank");
  });

  const appended: readonly (readonly [string, string | null, string | undefined, string | undefined])[] = [
    ["is empty", null, undefined, "line"],
    ["holds something else", "before", undefined, "before\nline"],
    ["holds it as a part of a longer line only", "a line of text", undefined, "a line of text\nline"],
    ["holds it", "before\nline\nafter", undefined, undefined],
    ["held it until a person took it out", "before", "before\nline", undefined],
  ];
  test.each(appended)("adds to a field that %s", (_name, remote, pushed, written) => {
    const { body } = filterBody(
      ask({
        wanted: { notes: "line" },
        remote: { notes: remote },
        pushed: pushed === undefined ? {} : { notes: pushed },
      }),
    );
    expect(body).toEqual(written === undefined ? {} : { notes: written });
  });

  test("touches nothing that was not read", () => {
    const wanted = { ours: "1", blank: "2", notes: "3" };
    const { body, kept, conflicts } = filterBody(ask({ wanted, pushed: { ours: "0" } }));
    expect(body).toEqual({});
    expect(kept.map(({ why }) => why)).toEqual(["not_read", "not_read", "not_read"]);
    expect(conflicts).toEqual([]);
  });

  test("names an outside edit with both values, also one that emptied the field", () => {
    const wanted = { ours: "b", blank: "x", notes: "line" };
    const remote = { ours: "c", blank: "y", notes: "" };
    const pushed = { ours: "a", notes: "line" };
    expect(filterBody(ask({ wanted, remote, pushed })).conflicts).toEqual([{ field: "ours", ours: "b", theirs: "c" }]);
    const emptied = filterBody(ask({ wanted, remote: { ...remote, ours: null }, pushed }));
    expect(emptied.conflicts).toEqual([{ field: "ours", ours: "b", theirs: null }]);
  });

  type Decided = readonly [string, Settlement, string | null, string | undefined, string, number];
  const decided: readonly Decided[] = [
    ["theirs is kept", { verdict: "keep_theirs" }, "c", undefined, "settled", 0],
    ["theirs is kept, also when it changes again", { verdict: "keep_theirs" }, "d", undefined, "settled", 0],
    ["ours is used over what was shown", { verdict: "use_ours", theirs: "c" }, "c", "b", "", 0],
    ["ours is used over a field that was emptied", { verdict: "use_ours", theirs: null }, null, "b", "", 0],
    [
      "ours is used, and nothing else is overwritten",
      { verdict: "use_ours", theirs: "c" },
      "d",
      undefined,
      "conflict",
      1,
    ],
    ["ours is used, and it is there already", { verdict: "use_ours", theirs: "c" }, "b", undefined, "unchanged", 0],
  ];
  test.each(decided)("does as a person decided: %s", (_name, settlement, remote, written, why, conflicts) => {
    const answer = filterBody(
      ask({ wanted: { ours: "b" }, remote: { ours: remote }, pushed: { ours: "a" }, settled: { ours: settlement } }),
    );
    expect(answer.body).toEqual(written === undefined ? {} : { ours: written });
    expect(answer.kept.map((each) => each.why)).toEqual(why === "" ? [] : [why]);
    expect(answer.conflicts).toHaveLength(conflicts);
  });

  test("takes no value from a prototype", () => {
    const rules: readonly (readonly [string, FieldRule])[] = [
      ["constructor", { own: "agent", value }],
      ["toString", { own: "append", value }],
    ];
    const fields = Object.fromEntries(rules);
    const strange: OwnershipContract = { version: 1, crm: "hubspot", objects: { calls: { fields } } };
    const { body, kept } = filterBody(
      ask({
        contract: strange,
        wanted: { constructor: "x", toString: "y", valueOf: "z" },
        remote: {},
      }),
    );
    expect(body).toEqual({});
    expect(kept.map(({ why }) => why)).toEqual(["not_read", "not_read", "not_in_contract"]);
  });
});

describe("the contract's schema", () => {
  const withField = (name: string, rule: unknown): unknown => ({
    version: 1,
    crm: "hubspot",
    objects: { calls: { fields: Object.fromEntries([[name, rule]]) } },
  });

  test.each(["hs_timestamp", "CallLedger_Key__c", "$se_module", "9f8e7d6c", "Who_Id.id"])(
    "knows the field name %s",
    (name) => {
      expect(ownershipContract.safeParse(withField(name, { own: "crm" })).success).toBe(true);
    },
  );

  test.each(["", "_x", "a b", "a\nb", "<b>"])("refuses the field name %j", (name) => {
    expect(ownershipContract.safeParse(withField(name, { own: "crm" })).success).toBe(false);
  });

  test.each([
    ["an unknown owner", { own: "us", value }],
    ["our field without a value", { own: "agent" }],
    ["a foreign field with a value", { own: "crm", value }],
    ["a word that it does not know", { own: "crm", nope: 1 }],
  ])("refuses %s", (_name, rule) => {
    expect(ownershipContract.safeParse(withField("a", rule)).success).toBe(false);
  });

  test("a rule is found only where the contract names it", () => {
    expect(ruleOf(contract, "calls", "ours")?.own).toBe("agent");
    expect(ruleOf(contract, "calls", "constructor")).toBeUndefined();
    expect(ruleOf(contract, "hasOwnProperty", "ours")).toBeUndefined();
  });
});
