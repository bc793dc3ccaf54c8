import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseText, settingsOfOffice } from "../../builders/parsed-log.ts";
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

test("the list of calls is found although lists within the calls are longer", async () => {
  const call = (id: string) => ({
    id,
    start: "2025-06-02T09:00:00Z",
    from: { number: "07700900123", name: "J" },
    to: { number: "203" },
    direction: "in",
    duration: 60,
    tags: [{ name: "a" }, { name: "b" }, { name: "c" }],
  });
  const { calls: found, summary } = await parseText(JSON.stringify({ page: { calls: [call("a"), call("b")] } }));
  expect(summary).toMatchObject({ format: "generic-json", rows: 2, skipped: [] });
  expect(found).toMatchObject([{ callId: "a", from: "+447700900123", to: "ext:203" }, { callId: "b" }]);
});

test("the end of a call that is told twice counts once, and what comes of a call is no call", async () => {
  const event = (name: string, facts: object = {}): string =>
    JSON.stringify({
      event: name,
      resource: "call",
      data: { id: 7, direction: "inbound", from: "+447700900123", to: "203", started_at: 1_748_848_609, ...facts },
    });
  const over = { answered_at: 1_748_848_615, ended_at: 1_748_848_675, duration: 66 };
  const { calls: found, summary } = await parseText(
    `${["call.hungup", "call.ended", "call.recording.completed", "call.commented"].map((name) => event(name, over)).join("\n")}\n`,
  );
  expect(found).toMatchObject([{ callId: "7", durationSeconds: 60, legs: 1 }]);
  expect(summary.skipped.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    "2 duplicate",
    "3 non_call",
    "4 non_call",
  ]);
});

test("a call for help through RingCentral goes out", async () => {
  const record = {
    id: "r2",
    sessionId: "101",
    startTime: "2025-06-02T13:16:32.123Z",
    duration: 10,
    type: "Voice",
    direction: "Outbound",
    result: "Call connected",
    from: { extensionNumber: "203", name: "Ann" },
    to: { phoneNumber: "911" },
  };
  const { calls: found } = await parseText(JSON.stringify({ records: [record] }));
  expect(found).toMatchObject([{ direction: "outbound", from: "ext:203", to: "911" }]);
});

const xmlCalls = [
  { id: "a", start: "2025-06-02T09:00:00Z", from: "07700900123", to: "203", direction: "in", duration: "60" },
  { id: "b", start: "2025-06-02T10:00:00Z", from: "203", to: "07700900124", direction: "out", duration: "0" },
];
const wantedOfXml = [
  { callId: "a", direction: "inbound", from: "+447700900123", to: "ext:203", durationSeconds: 60, status: "answered" },
  { callId: "b", direction: "outbound", from: "ext:203", to: "+447700900124", status: "missed" },
];

test.each([
  [
    "attributes",
    (call: object) =>
      `<call ${Object.entries(call)
        .map(([name, value]) => `${name}="${value}"`)
        .join(" ")}/>`,
  ],
  [
    "elements",
    (call: object) =>
      `<call>\n${Object.entries(call)
        .map(([name, value]) => `  <${name}>${value}</${name}>`)
        .join("\n")}\n</call>`,
  ],
])("a list of calls in XML is read, with values as %s", async (_name, toElement) => {
  const text = `<?xml version="1.0"?>\n<report>\n<title>Calls</title>\n${xmlCalls.map(toElement).join("\n")}\n</report>\n`;
  const whole = await parseText(text);
  expect(whole.summary).toMatchObject({ format: "generic-xml", rows: 2, skipped: [] });
  expect(whole.calls).toMatchObject(wantedOfXml);
  const cut = await parseText(text.slice(0, text.indexOf("2025-06-02T10") + 13));
  expect(cut.calls).toMatchObject(wantedOfXml.slice(0, 1));
  expect(cut.summary.skipped).toMatchObject([{ reason: "truncated_tail" }]);
});

test("the records of an innovaphone are read by names that the user gives", async () => {
  const record = (utc: number, dir: string, other: string): string =>
    `<cdr guid="${utc}" sys="pbx" e164="203" dir="${dir}" utc="${utc}" local="${utc + 7200}" seconds="60">` +
    `<event msg="setup" time="${utc}" e164="${other}"/><event msg="rel" time="${utc + 66}" e164="999"/></cdr>`;
  const text = `<cdrs>\n${record(1_748_848_609, "to", "07700900123")}\n${record(1_748_848_709, "from", "07700900124")}\n</cdrs>\n`;
  const { calls: found, summary } = await parseText(text, {
    ...settingsOfOffice,
    columns: { start: "utc", agent: "e164", remote: "event.e164", direction: "dir", duration: "seconds", id: "guid" },
    words: { to: "inbound", from: "outbound" },
  });
  expect(summary).toMatchObject({ format: "generic-xml", rows: 2, skipped: [] });
  expect(found).toMatchObject([
    { direction: "inbound", from: "+447700900123", to: "ext:203", startedAt: "2025-06-02T07:16:49Z" },
    { direction: "outbound", from: "ext:203", to: "+447700900124", durationSeconds: 60 },
  ]);
});

test("columns that the user names are found in JSON too, whatever other lists it holds", async () => {
  const call = { wann: "2025-06-02T09:00:00Z", wer: "07700900123", wen: "203", lang: 60, marken: [{ a: 1 }, { a: 2 }] };
  const { calls: found } = await parseText(JSON.stringify({ liste: [call] }), {
    ...settingsOfOffice,
    columns: { start: "wann", from: "wer", to: "wen", duration: "lang" },
  });
  expect(found).toMatchObject([{ direction: "inbound", from: "+447700900123", durationSeconds: 60 }]);
  const none = parseText("a,b\n1,2\n", { ...settingsOfOffice, columns: { start: "wann", from: "wer" } });
  await expect(none).rejects.toThrow('"columns" names "wann" for start');
});
