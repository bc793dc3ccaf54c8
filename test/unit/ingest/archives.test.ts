import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { parseText } from "../../builders/parsed-log.ts";

const teams = readFileSync(
  join(import.meta.dirname, "../../fixtures/call-logs/teams-pstn-usage/PSTN.calls.2025-06-09.csv"),
);

test("the archive of a Teams export is read as the log in it", async () => {
  const plain = await parseText(teams);
  const options = strToU8('{"from":"2025-06-01"}');
  const [header = ""] = teams.toString("utf8").split("\n", 1);
  const packed = zipSync({
    "PSTN.calls.2025-06-08.csv": new Uint8Array(teams),
    "DirectRouting.calls.2025-06-08.csv": strToU8(`${header.replace("UsageId", "CorrelationId")}\n`),
    "parameters.json": options,
    "__MACOSX/._PSTN.calls.csv": strToU8("x"),
  });
  const { calls, summary } = await parseText(packed);
  expect(summary.format).toBe("teams-pstn-usage");
  expect(calls).toEqual(plain.calls);
});

test("files with the same columns in one archive are one table", async () => {
  const plain = await parseText(teams);
  const [header = "", ...rows] = teams.toString("utf8").trimEnd().split("\n");
  const half = Math.floor(rows.length / 2);
  const toPart = (part: readonly string[]): Uint8Array => strToU8([header, ...part].join("\n"));
  const packed = zipSync({ "june/1.csv": toPart(rows.slice(0, half)), "june/2.csv": toPart(rows.slice(half)) });
  expect((await parseText(packed)).calls).toEqual(plain.calls);
});
