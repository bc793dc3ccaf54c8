import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parsePath } from "../../builders/parsed-log.ts";

const folder = join(import.meta.dirname, "../../fixtures/call-logs");

type Expected = {
  format: string;
  assume: unknown;
  counts: { rows: number; calls: number; skipped: number };
  calls: readonly unknown[];
  skipped: readonly { line: number; reason: string }[];
};

const samples = readdirSync(folder).flatMap((format) =>
  readdirSync(join(folder, format))
    .filter((name) => !name.endsWith(".expected.json"))
    .map((name) => [format, name] as const),
);

test.each(samples)("%s/%s gives the expected calls", async (format, name) => {
  const path = join(folder, format, name);
  const expected = JSON.parse(readFileSync(`${path}.expected.json`, "utf8")) as Expected;
  const { calls, summary } = await parsePath(path, sourceSettings.parse(expected.assume));
  expect(calls).toEqual(expected.calls);
  expect(summary.skipped.map(({ line, reason }) => ({ line, reason }))).toEqual(expected.skipped);
  expect({ format: summary.format, rows: summary.rows, calls: summary.calls }).toEqual({
    format,
    rows: expected.counts.rows,
    calls: expected.counts.calls,
  });
});
