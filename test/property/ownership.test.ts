import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CreateAsk,
  fieldMode,
  type FieldRule,
  filterBody,
  type OwnershipContract,
  type Settlement,
  type UpdateAsk,
} from "../../src-shared/domain/ownership.ts";

/** Few names, so that contracts, values and remotes meet; those of the prototype among them. */
const name = fc.constantFrom("a", "b", "c", "d", "__proto__", "constructor", "toString", "hasOwnProperty", "length");
const text = fc.oneof(fc.constantFrom("", "x", "y", "x\ny", "xy"), fc.string({ maxLength: 6 }));

/** Maps whose keys are own properties, `__proto__` included, as JSON gives them. */
const mapOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(name, value), { maxLength: 9 }).map((entries) => Object.fromEntries(entries));

const rule: fc.Arbitrary<FieldRule> = fc
  .constantFrom(...fieldMode.options)
  .map((own): FieldRule => (own === "crm" ? { own } : { own, value: { const: "v" } }));

const contract: fc.Arbitrary<OwnershipContract> = mapOf(mapOf(rule)).map((objects) => ({
  version: 1,
  crm: "hubspot",
  objects: Object.fromEntries(Object.entries(objects).map(([object, fields]) => [object, { fields }])),
}));

const settlement: fc.Arbitrary<Settlement> = fc.oneof(
  fc.constant<Settlement>({ verdict: "keep_theirs" }),
  fc.option(text).map((theirs): Settlement => ({ verdict: "use_ours", theirs })),
);

const update: fc.Arbitrary<UpdateAsk> = fc.record({
  contract,
  object: name,
  operation: fc.constant("update"),
  wanted: mapOf(text),
  remote: mapOf(fc.option(text)),
  pushed: mapOf(text),
  settled: mapOf(settlement),
});
const ask: fc.Arbitrary<UpdateAsk | CreateAsk> = fc.oneof(
  update,
  update.map(({ contract: of, object, wanted }): CreateAsk => ({ contract: of, object, operation: "create", wanted })),
);

const own = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
const ruleIn = (asked: UpdateAsk | CreateAsk, field: string): FieldRule | undefined =>
  own(own(asked.contract.objects, asked.object)?.fields, field);

const runs = { numRuns: 2_000 };

test("no payload holds a field that the contract does not give us", () => {
  fc.assert(
    fc.property(ask, (asked) => {
      const { body } = filterBody(asked);
      for (const field of Reflect.ownKeys(body)) {
        const owner = ruleIn(asked, String(field))?.own;
        expect(owner).toBeDefined();
        expect(owner).not.toBe("crm");
        expect(Object.hasOwn(asked.wanted, field)).toBe(true);
      }
      expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    }),
    runs,
  );
});

test("what is sent over the wire is what the filter let through: JSON adds and drops nothing", () => {
  fc.assert(
    fc.property(ask, (asked) => {
      const { body } = filterBody(asked);
      const sent = JSON.parse(JSON.stringify({ properties: body })) as { properties: object };
      expect(Reflect.ownKeys(sent.properties)).toEqual(Reflect.ownKeys(body));
    }),
    runs,
  );
});

test("every wanted field is either in the payload or named with the reason why not", () => {
  fc.assert(
    fc.property(ask, (asked) => {
      const { body, kept } = filterBody(asked);
      const told = [...Object.keys(body), ...kept.map(({ field }) => field)].toSorted();
      expect(told).toEqual(Object.keys(asked.wanted).toSorted());
    }),
    runs,
  );
});

test("an edit made in the CRM is never overwritten, but where a person said so of what it holds", () => {
  fc.assert(
    fc.property(update, (asked) => {
      const { body } = filterBody(asked);
      for (const [field, written] of Object.entries(body)) {
        const held = own(asked.remote, field);
        const owner = ruleIn(asked, field)?.own;
        // What was not read may have been edited.
        expect(held).not.toBeUndefined();
        const remote = held ?? "";
        const settled = own(asked.settled, field);
        if (owner === "fill-blank") expect(remote).toBe("");
        else if (owner === "append") expect(written.startsWith(remote)).toBe(true);
        else if (settled?.verdict === "use_ours")
          expect([own(asked.pushed, field) ?? "", settled.theirs ?? ""]).toContain(remote);
        else {
          expect(settled).toBeUndefined();
          expect(remote).toBe(own(asked.pushed, field) ?? "");
        }
      }
    }),
    runs,
  );
});

test("writing the same again changes nothing", () => {
  fc.assert(
    fc.property(update, (asked) => {
      const first = filterBody(asked).body;
      const remote = Object.fromEntries([...Object.entries(asked.remote), ...Object.entries(first)]);
      const pushed = Object.fromEntries([...Object.entries(asked.pushed), ...Object.entries(first)]);
      expect(filterBody({ ...asked, remote, pushed }).body).toEqual({});
    }),
    runs,
  );
});
