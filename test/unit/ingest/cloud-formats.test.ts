import { expect, test } from "vitest";
import { parseText } from "../../builders/parsed-log.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";

const office: SourceSettings = { region: "US", timeZone: "America/New_York", extensionLengths: [3, 4] };
const phone: SourceSettings = { region: "DE", timeZone: "Europe/Berlin", ownNumber: "+4915228817000" };
const lines = (...rows: readonly string[]): string => `${rows.join("\r\n")}\r\n`;

test("the RingCentral log of one user is read with the user's own number", async () => {
  const { calls, summary } = await parseText(
    lines(
      "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Result Description,Duration",
      "Incoming,Voice,(206) 555-0125,,Mon 06/16/2025,9:15 AM,Phone Call,Accepted,,0:01:20",
      "Outgoing,Voice,(206) 555-0125,,Mon 06/16/2025,12:05 PM,VoIP Call,In Progress,,-",
      "Outgoing,Voice,(206) 555-0183,,Mon 06/16/2025,12:15 PM,VoIP Call,Hang Up,,0:00:00",
      "Total,,,,,,,,,0:01:20",
    ),
    { ...office, ownNumber: "+13035550110" },
  );
  expect(summary.format).toBe("ringcentral-call-log-csv");
  expect(calls).toMatchObject([
    { direction: "inbound", status: "answered", from: "+12065550125", to: "+13035550110", durationSeconds: 80 },
    { direction: "outbound", status: "missed", from: "+13035550110", to: "+12065550183", durationSeconds: 0 },
  ]);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual(["in_progress", "totals_row"]);
});

test("what somebody of ours dials through Twilio is one call that goes out", async () => {
  const { calls } = await parseText(
    lines(
      "Call Sid,Parent Call Sid,From,To,Direction,Status,Start Time,End Time,Duration,Answered By",
      "CA00000000000000000000000000000002,CA00000000000000000000000000000001,+13035550110,+12065550125,outbound-dial,completed,2025-06-02T12:27:37Z,2025-06-02T12:28:37Z,60,",
      "CA00000000000000000000000000000001,,client:alice,,inbound,completed,2025-06-02T12:27:32Z,2025-06-02T12:28:37Z,65,",
      "CA00000000000000000000000000000003,,+13035550110,+12065550183,outbound-api,ringing,2025-06-02T12:29:32Z,,0,",
    ),
    office,
  );
  expect(calls).toMatchObject([
    {
      direction: "outbound",
      status: "answered",
      to: "+12065550125",
      durationSeconds: 60,
      agent: "client:alice",
      legs: 2,
    },
  ]);
});

test("an old FRITZ!Box list has calls that went out as type 3, a new one refused calls", async () => {
  const head = "Typ;Datum;Name;Rufnummer;Nebenstelle;Eigene Rufnummer;Dauer";
  const old = await parseText(
    lines(
      "sep=;",
      head,
      "3;03.06.25 11:33;;02214710052;**610;08999998100;0:04",
      "2;03.06.25 10:33;;;;08999998100;0:00",
    ),
    phone,
  );
  expect(old.summary.format).toBe("fritzbox-anrufliste");
  expect(old.calls).toMatchObject([
    { direction: "outbound", status: "answered", to: "+492214710052", durationSeconds: 240, agent: "ext:610" },
    { direction: "inbound", status: "missed", from: null },
  ]);
  const fresh = await parseText(
    lines(
      head,
      "4;03.06.25 11:33;;*31#02214710052;Empfang;08999998100;0:04",
      "4;03.06.25 11:13;;01033 02214710052;Empfang;08999998100;0:01",
      "3;03.06.25 10:33;;02214710014;;08999998100;0:00",
    ),
    phone,
  );
  expect(fresh.calls).toMatchObject([
    { direction: "outbound", to: "+492214710052" },
    { direction: "outbound", to: "+492214710052" },
    { direction: "inbound", status: "missed", from: "+492214710014" },
  ]);
});

test("an Android list in German, in another order and with words for durations, is read", async () => {
  const { calls, summary } = await parseText(
    lines(
      "Dauer;Typ;Nummer;Name;Datum",
      "1 min 20 sec;Eingehend;02214710052;Otto Normal;13.06.2025 09:15:02",
      "0:45;Ausgehend;06990009133;;13.06.2025 10:15:02",
      "0;Abgelehnt;-1;;13.06.2025 11:15:02",
    ),
    phone,
  );
  expect(summary.format).toBe("android-call-log-csv");
  expect(calls).toMatchObject([
    { direction: "inbound", status: "answered", from: "+492214710052", to: "+4915228817000", durationSeconds: 80 },
    { direction: "outbound", status: "answered", to: "+496990009133", durationSeconds: 45 },
    { direction: "inbound", status: "missed", from: null },
  ]);
});

test("a FaceTime address is no number, and a refused backup call with a hidden number is missed", async () => {
  const history = await parseText(
    lines(
      "Call type,Date,Duration,Number,Contact,Location,Service",
      "Incoming,2025-06-03 16:37:40,00:05:18,alice@example.com,,Germany,FaceTime Audio",
    ),
    phone,
  );
  expect(history.summary.format).toBe("iphone-call-history-csv");
  expect(history.calls).toMatchObject([{ from: null, durationSeconds: 318 }]);
  const backup = await parseText(
    `<?xml version="1.0"?>\n<calls count="3"><call number="-2" duration="0" date="1748864608345" type="6" presentation="2"/>` +
      `<call number="0221 4710052" duration="9" date="1748864608999" type="1" contact_name="A &amp; B"/>` +
      `<call number="0221 4710052" duration="9" date="x" type="1"/></calls>`,
    phone,
  );
  expect(backup.calls).toMatchObject([
    { from: null, status: "missed", startedAt: "2025-06-02T11:43:28Z" },
    { from: "+492214710052", status: "answered", durationSeconds: 9 },
  ]);
  expect(backup.summary.skipped.map(({ reason }) => reason)).toEqual(["invalid_date"]);
});

test("a Dialpad row is in the zone that it names, whatever zone the office is in", async () => {
  const { calls } = await parseText(
    lines(
      "call_id,master_call_id,entry_point_call_id,category,direction,date_started,date_connected,date_ended,timezone,external_number,internal_number,is_internal,name,target_kind,talk_duration",
      "11,,,incoming,inbound,2025-06-02 08:12:07.2,2025-06-02 08:12:23.2,2025-06-02 08:19:44.2,US/Pacific,+12025550101,+13035550111,false,Support,callcenter,7.3500",
      "12,,11,incoming,inbound,2025-06-02 08:12:08.2,2025-06-02 08:12:23.2,2025-06-02 08:19:44.2,US/Pacific,+12025550101,+13035550111,false,Bob Sample,user,441000",
    ),
    office,
  );
  expect(calls).toMatchObject([
    { callId: "11", startedAt: "2025-06-02T15:12:07Z", durationSeconds: 441, agent: "Bob Sample", legs: 2 },
  ]);
});

test("calls deep within JSON, with nested parties and epochs, are read", async () => {
  const call = (id: string, start: number) => ({
    callId: id,
    direction: "in",
    from: { number: "+447700900378", name: "Alice Example" },
    to: { number: "+442079460011" },
    startTime: start,
    duration: 65,
    tags: ["a", "b"],
  });
  const text = JSON.stringify({
    meta: { tags: [{ a: 1 }] },
    result: { calls: [call("a", 1748850322000), call("b", 1748850399)] },
  });
  const { calls, summary } = await parseText(text);
  expect(summary.format).toBe("generic-json");
  expect(calls).toMatchObject([
    { callId: "a", from: "+447700900378", to: "+442079460011", startedAt: "2025-06-02T07:45:22Z", durationSeconds: 65 },
    { callId: "b", startedAt: "2025-06-02T07:46:39Z" },
  ]);
});

test("of the events of a call the last counts, and a cut or foreign line is told", async () => {
  const event = (name: string, data: object): string => JSON.stringify({ event: name, resource: "call", data });
  const data = {
    id: 7,
    direction: "inbound",
    started_at: 1748845702,
    raw_digits: "+447700900378",
    number: { digits: "+442079460011" },
  };
  const ended = { ...data, answered_at: 1748845712, ended_at: 1748845772, duration: 70, status: "done" };
  const text = [
    event("call.created", data),
    event("call.answered", { ...data, answered_at: 1748845712 }),
    event("call.ended", ended),
    event("call.tagged", ended),
    "not json",
    event("call.ended", ended).slice(0, 60),
  ].join("\n");
  const { calls, summary } = await parseText(text);
  expect(summary.format).toBe("generic-ndjson-webhooks");
  expect(calls).toMatchObject([{ callId: "7", status: "answered", durationSeconds: 60, legs: 1 }]);
  expect(summary.skipped.map(({ reason }) => reason)).toEqual([
    ...(["in_progress", "in_progress", "non_call", "malformed", "truncated_tail"] as const),
  ]);
});
