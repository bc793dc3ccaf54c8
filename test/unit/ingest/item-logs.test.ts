import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseText } from "../../builders/parsed-log.ts";
import { createImportRig } from "../../builders/import-rig.ts";

const folder = join(import.meta.dirname, "../../fixtures/call-logs");
const read = (path: string): string => readFileSync(join(folder, path), "utf8");

const ringCentral = read("ringcentral-call-log-json/call-log-detailed.json");
const calls = read("generic-json/calls.json");
const backup = read("android-sms-backup-restore/calls-20250610120000.xml");

test("JSON reads alike however it is laid out", async () => {
  const pretty = await parseText(ringCentral);
  const minified = await parseText(JSON.stringify(JSON.parse(ringCentral)));
  expect(pretty.calls).toHaveLength(20);
  expect(minified.calls).toEqual(pretty.calls);
  expect(minified.summary.rows).toBe(pretty.summary.rows);
});

test("a line of JSON may be longer than any line of a table", async () => {
  const record = JSON.parse(calls)[0] as Record<string, unknown>;
  const many = Array.from({ length: 9000 }, (_, at) => ({ ...record, id: `C-${at}`, note: "ä".repeat(90) }));
  const { summary } = await parseText(JSON.stringify({ result: { items: many, page: 1 } }));
  expect({ format: summary.format, calls: summary.calls, rows: summary.rows }).toEqual({
    format: "generic-json",
    calls: 9000,
    rows: 9000,
  });
});

test.each([
  ["generic-json", calls, 24],
  ["android-sms-backup-restore", backup, 34],
])("a %s that is cut says so and keeps what came before", async (format, text, whole) => {
  const cut = text.slice(0, Math.floor(text.length * 0.7));
  const { summary } = await parseText(cut);
  expect(summary.format).toBe(format);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["truncated_tail"]);
  expect(summary.calls).toBeGreaterThan(whole / 2);
  expect(summary.rows).toBe(summary.calls + 1);
});

test("a broken object within a list does not stop the others", async () => {
  const { summary } = await parseText(calls.replace('"duration": 831', '"duration" 831'));
  expect(summary.calls).toBe(23);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["malformed"]);
});

test("overlapping pages and backups add nothing", async () => {
  const rig = createImportRig();
  try {
    rig.write("first.json", ringCentral);
    const first = await rig.import("first.json");
    expect({ calls: rig.calls().length, rows: first.rows }).toEqual({ calls: 20, rows: 34 });
    const again = await rig.import("first.json");
    expect({ unchanged: again.unchanged, rows: again.rows }).toEqual({ unchanged: true, rows: 0 });
    rig.write("second.json", JSON.stringify(JSON.parse(ringCentral)));
    await rig.import("second.json");
    expect(rig.calls()).toHaveLength(20);
    rig.write("calls.xml", backup);
    await rig.import("calls.xml");
    rig.write("later.xml", backup.replaceAll("Test Clinic", "Renamed Clinic"));
    await rig.import("later.xml");
    expect(rig.calls()).toHaveLength(54);
    expect(rig.calls().every(({ revision }) => revision === 1)).toBe(true);
  } finally {
    rig.close();
  }
});

test("a reading that was stopped goes on in the middle of a list", async () => {
  const rig = createImportRig();
  try {
    const record = JSON.parse(calls)[0] as Record<string, unknown>;
    const many = Array.from({ length: 4000 }, (_, at) => ({ ...record, id: `C-${at}` }));
    rig.write("calls.json", JSON.stringify(many));
    const stop = new AbortController();
    const first = await rig.import("calls.json", { signal: stop.signal, onProgress: () => stop.abort() });
    expect(first.stopped).toBe(true);
    expect(rig.calls().length).toBeLessThan(4000);
    const second = await rig.import("calls.json");
    expect(second.stopped).toBe(false);
    expect(first.rows + second.rows).toBe(4000);
    expect(rig.calls()).toHaveLength(4000);
  } finally {
    rig.close();
  }
});

test("what calls parse prints is no log", async () => {
  const { calls: parsed } = await parseText(calls);
  await expect(parseText(JSON.stringify(parsed))).rejects.toThrow(/no call log/);
  await expect(parseText(parsed.map((call) => JSON.stringify(call)).join("\n"))).rejects.toThrow(/no call log/);
});
