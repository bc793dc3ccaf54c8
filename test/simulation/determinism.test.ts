import { expect, test } from "vitest";
import { checkPlaces, mutants, mutate } from "./mutants.ts";
import { kill } from "./run-mutants.ts";
import { simulate } from "./simulate.ts";

const root = new URL("../../", import.meta.url);

test.each([3, 6])("seed %i takes the same course twice", { timeout: 120_000 }, async (seed) => {
  const first = await simulate(seed);
  const second = await simulate(seed);
  expect(second.digest).toBe(first.digest);
  expect(second.trace).toEqual(first.trace);
  expect([...second.hits]).toEqual([...first.hits]);
});

test("two seeds take different courses", { timeout: 120_000 }, async () => {
  expect((await simulate(4)).digest).not.toBe((await simulate(8)).digest);
});

test("every wrong engine finds its places in the source, each once", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(12);
  for (const mutant of mutants) checkPlaces(mutant, root);
});

test("a wrong engine whose place is gone is refused, not run as a right one", () => {
  const [mutant] = mutants;
  if (mutant === undefined) throw new Error("there is a mutant");
  const [edit] = mutant.edits;
  expect(() => mutate(mutant, edit?.file ?? "", "nothing of it")).toThrow("finds its place 0 times");
});

test("a wrong engine is killed, by the promise that it breaks", { timeout: 300_000 }, async () => {
  const wanted = mutants.find(({ name }) => name === "the intent is stored after the request");
  if (wanted === undefined) throw new Error("there is such a mutant");
  expect(await kill(wanted, 5)).toMatchObject({ seed: 1, invariant: "intent before effect" });
});
