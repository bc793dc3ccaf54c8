import { expect, test } from "vitest";
import { runImportKills } from "../builders/import-kills.ts";

test("an import of a million rows that is killed twelve times comes to the same as an undisturbed one", async () => {
  const { killed, again, calm, rough } = await runImportKills({ rows: 1_000_000, kills: 12, seed: 1 });
  expect(killed).toBeGreaterThan(9);
  expect(calm.rows).toBe(1_000_000);
  expect(rough).toEqual(calm);
  expect(again).toMatchObject({ rows: 0, alreadyRead: 1 });
}, 3_600_000);
