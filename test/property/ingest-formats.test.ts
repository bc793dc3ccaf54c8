import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LogRefusedError } from "../../src-main/engine/ingest/log-refused.ts";
import { sourceSettings } from "../../src-shared/domain/source-settings.ts";
import { parseText } from "../builders/parsed-log.ts";

const folder = join(import.meta.dirname, "../fixtures/call-logs");
const keptLines = 14;

/** One sample of each format: its first lines, whole where it is a file for one call. */
const samples = readdirSync(folder).flatMap((format) => {
  const name = readdirSync(join(folder, format)).find((file) => !file.endsWith(".expected.json"));
  if (name === undefined || statSync(join(folder, format, name)).isDirectory()) return [];
  const text = readFileSync(join(folder, format, name), "utf8");
  const isDocument = /\.(?:xml|json)$/.test(name);
  const content = isDocument ? text : `${text.split("\n").slice(0, keptLines).join("\n")}\n`;
  const readExpected = (path: string): unknown =>
    (JSON.parse(readFileSync(path, "utf8")) as { assume: unknown }).assume;
  const expected = readdirSync(join(folder, format)).find((file) => file.endsWith(".expected.json"));
  if (expected === undefined) return [];
  return [[format, Buffer.from(content), sourceSettings.parse(readExpected(join(folder, format, expected)))] as const];
});

const damage = fc.record({
  at: fc.nat(6000),
  length: fc.nat(20),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom('"', '""', "\n", "\r\n", "\r", ",", ";", "\0", "\uFEFF", "=", "\t", "Totals,,,,", "<", "}", "%")
      .map((text) => Buffer.from(text)),
  ),
});

test.each(samples)(
  "%s that is damaged anywhere is read or refused, and every row is accounted for",
  async (format, content, settings) => {
    const damaged = fc.array(damage, { minLength: 1, maxLength: 5 }).map((places) =>
      places.reduce<Buffer>((bytes, { at, length, insert }) => {
        const from = at % bytes.length;
        return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + length), Buffer.from(" ")]);
      }, content),
    );
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom("auto", format), async (bytes, named) => {
        try {
          const { calls, summary } = await parseText(bytes, settings, named);
          expect(summary.rows).toBe(calls.reduce((sum, { legs }) => sum + legs, 0) + summary.skipped.length);
          for (const call of calls) {
            expect(call.status === "answered" || call.durationSeconds === 0).toBe(true);
            expect(call.direction === "inbound" && call.status !== "answered" ? call.agent : null).toBeNull();
            expect(call.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LogRefusedError);
          expect(String(error).length).toBeGreaterThan(20);
        }
      }),
      { numRuns: 25 },
    );
  },
);
