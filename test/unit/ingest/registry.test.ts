import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detectFormat, findFormat, logFormats, rankFormats } from "../../../src-main/engine/ingest/formats/registry.ts";

const fixture = (path: string): string =>
  readFileSync(join(import.meta.dirname, "../../fixtures/call-logs", path), "utf8");
const sample = (text: string) => ({ text, isWhole: true });

test("an Asterisk log is recognised by its columns, with the evidence", () => {
  const found = detectFormat(sample(fixture("asterisk-cdr-csv/Master.csv")), {});
  expect(found.format.id).toBe("asterisk-cdr-csv");
  expect(found.score).toBe(1);
  expect(found.evidence.join("; ")).toContain("30 of 30 lines");
});

test("a table with a header is recognised by its words, less surely", () => {
  const [best] = rankFormats(sample(fixture("generic-csv/calls.csv")), {});
  expect(best).toMatchObject({ format: { id: "generic-csv" }, score: 0.75 });
  expect(best?.evidence.join("; ")).toContain("id in Call ID");
});

test("what is no call log is refused with its first words and what to do", () => {
  expect(() => detectFormat(sample("Dear team,\nsee below\n"), {})).toThrow(
    /begins with "Dear team,".*"callledger calls map"/s,
  );
});

test("an unknown format is refused with the known ones", () => {
  expect(() => findFormat("nortel")).toThrow(/"nortel".*auto, .*asterisk-cdr-csv, .*generic-csv/);
  expect(logFormats.map(({ id }) => findFormat(id).id)).toEqual(logFormats.map(({ id }) => id));
});
