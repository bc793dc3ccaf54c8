import { expect, test } from "vitest";
import { runImportKills } from "../../builders/import-kills.ts";

test("an import that is killed at random moments comes to the same as an undisturbed one", async () => {
  const { killed, again, calm, rough } = await runImportKills({ rows: 20_000, kills: 4, seed: 3 });
  expect(killed).toBeGreaterThan(2);
  expect(calm.rows).toBe(20_000);
  expect(rough).toEqual(calm);
  expect(again).toMatchObject({ rows: 0, alreadyRead: 1 });
}, 240_000);

test("an import that is cancelled leaves whole calls, says how to go on, and comes to the same when it does", async () => {
  const { killed, said, calm, rough } = await runImportKills({ rows: 12_000, kills: 2, seed: 5, signal: "SIGINT" });
  expect(killed).toBeGreaterThan(0);
  expect(said.some((text) => text.includes("Importing it again goes on from there"))).toBe(true);
  expect(rough).toEqual(calm);
}, 240_000);
