import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CallJson } from "../../../src-main/engine/ingest/call-json.ts";
import { sourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parsePath } from "../../builders/parsed-log.ts";

const folder = join(import.meta.dirname, "../../fixtures/call-logs");

type ExpectedCall = CallJson & { files?: readonly string[]; durationPrecision?: "minute"; file?: string };
type Expected = {
  assume: unknown;
  counts: { rows?: number; files?: number; records?: number; calls: number; skipped: number };
  calls: readonly ExpectedCall[];
  skipped: readonly { file?: string; line?: number; reason: string }[];
};

/** A log with its expected calls: a file, or a folder of one-call files that are one log together. */
const samples = readdirSync(folder).flatMap((format) => {
  const whole = join(folder, format, `${format}.expected.json`);
  if (existsSync(whole)) return [[format, ".", whole] as const];
  return readdirSync(join(folder, format))
    .filter((name) => !name.endsWith(".expected.json"))
    .map((name) => [format, name, join(folder, format, `${name}.expected.json`)] as const);
});

const byStart = (left: CallJson, right: CallJson): number =>
  left.startedAt.localeCompare(right.startedAt) || JSON.stringify(left).localeCompare(JSON.stringify(right));

/** What a log of minutes rounds away, and either of two instants of a repeated hour, is as good as the expected start. */
function toComparable(call: ExpectedCall, expected: ExpectedCall | undefined): CallJson {
  const { startedAtPrecision: _precision, startedAtAlternatives: _alternatives, files: _files, ...known } = call;
  const { durationPrecision: _duration, file: _file, ...rest } = known;
  if (expected === undefined) return rest;
  const apart = Math.abs(Date.parse(call.startedAt) - Date.parse(expected.startedAt));
  const isNear =
    (expected.startedAtPrecision === "minute" && apart <= 60_000) ||
    (expected.startedAtAlternatives ?? []).includes(call.startedAt);
  return isNear ? { ...rest, startedAt: expected.startedAt } : rest;
}

test.each(samples)("%s/%s gives the expected calls", async (format, name, expectedPath) => {
  const expected = JSON.parse(readFileSync(expectedPath, "utf8")) as Expected;
  const { calls, summary } = await parsePath(join(folder, format, name), sourceSettings.parse(expected.assume));
  const wanted = expected.calls.toSorted(byStart);
  const found = calls.toSorted(byStart).map((call, at) => toComparable(call, wanted[at]));
  expect(found).toEqual(wanted.map((call) => toComparable(call, undefined)));
  // Items of a document and whole files are named without a line.
  const hasLines = expected.skipped.every(({ line }) => line !== undefined);
  const skipped = summary.skipped.map(({ line, reason }) => (hasLines ? { line, reason } : { reason }));
  expect(skipped).toEqual(expected.skipped.map(({ line, reason }) => (hasLines ? { line, reason } : { reason })));
  const wantedLegs = wanted.reduce((sum, call) => sum + call.legs, 0);
  expect({ format: summary.format, rows: summary.rows, calls: summary.calls }).toEqual({
    format,
    // Legs that lie within a record are rows of their own.
    rows: expected.counts.rows ?? expected.counts.files ?? wantedLegs + expected.counts.skipped,
    calls: expected.counts.calls,
  });
  expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
});
