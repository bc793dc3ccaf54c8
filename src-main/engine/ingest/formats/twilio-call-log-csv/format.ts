import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createEitherFormat } from "../../presets/either-format.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { findItems } from "../../records/json-items.ts";
import { createStatusReader, toAgent, toFlatFacts } from "../flat-call/flat-call.ts";
import { createItemFormat } from "../item-log/item-format.ts";
import { toItemRow } from "../item-log/item-row.ts";
import { isObject, textAt } from "../item-log/json-value.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field = "sid" | "parent" | "from" | "to" | "direction" | "status" | "start" | "end" | "duration" | "answeredBy";

/** `client:alice`, `sip:203@…`: somebody of ours, not a number of the network. */
const isEndpoint = (cell: string): boolean => /^(?:client|sips?|whatsapp|user):/i.test(cell);

type Row = Readonly<{ direction: CallDirection; isChild: boolean }>;

function readKind(row: PresetRow<Field>): Row | null {
  const isChild = readKey(row.text("parent")) !== null;
  const told = row.text("direction");
  // What somebody of ours dials comes in at Twilio; its child goes out.
  if (/^in(?:bound|coming)|^trunking-terminating/i.test(told)) {
    return { direction: isEndpoint(row.text("from")) ? "outbound" : "inbound", isChild };
  }
  if (!/^out(?:bound|going)|^trunking-originating/i.test(told)) return null;
  return { direction: "outbound", isChild };
}

function toCalledEnd(row: PresetRow<Field>, { direction, isChild }: Row): CalledEnd {
  if (/^(?:machine|fax)/i.test(row.text("answeredBy"))) return "voicemail";
  if (isChild) return "person";
  // The application answers a call that comes in; one that it makes may go on with a child.
  return direction === "outbound" && /^out/i.test(row.text("direction")) ? "whole" : "machine";
}

/** Hours behind UTC of the zones that the console names; its exports put the time before the date. */
const zoneHours: ReadonlyMap<string, string> = new Map(
  (
    "UTC+00:00 GMT+00:00 BST+01:00 CET+01:00 CEST+02:00 EDT-04:00 EST-05:00 CDT-05:00 CST-06:00 MDT-06:00 " +
    "MST-07:00 PDT-07:00 PST-08:00"
  )
    .split(" ")
    .map((zone) => [zone.slice(0, -6), zone.slice(-6)]),
);

/** `16:55:20 PDT 2025-06-02` as `2025-06-02 16:55:20-07:00`; every other text as it is. */
function toTimeText(text: string): string {
  const found = /^(\d{1,2}:\d\d:\d\d(?:\s*[AP]M)?)\s+([A-Z]{3,4})\s+(\d{4}-\d\d-\d\d)$/i.exec(text);
  const offset = zoneHours.get((found?.[2] ?? "").toUpperCase());
  return found === null || offset === undefined ? text : `${found[3]} ${found[1]} ${offset}`;
}

function createReader({ numbers }: RowTools) {
  const readStatus = createStatusReader({
    answered: ["completed"],
    missed: ["no-answer", "canceled", "cancelled"],
    ringing: ["queued", "ringing", "in-progress", "initiated"],
  });
  return (row: PresetRow<Field>): RowReading => {
    const kind = readKind(row);
    if (kind === null) return skip("malformed", `Direction ${quoteValue(row.text("direction"))} is not known`);
    const talk = readSeconds("Duration", row.text("duration"));
    if (typeof talk !== "number") return talk;
    const status = readStatus(row.text("status"), talk);
    if (typeof status !== "string") return status;
    const { direction, isChild } = kind;
    const from = row.text("from");
    const to = row.text("to");
    const isInbound = direction === "inbound";
    const isOwnTarget = isChild && isEndpoint(to);
    const own = isInbound || isEndpoint(from) ? (isInbound ? to : from) : null;
    const facts = toFlatFacts({
      start: { text: toTimeText(row.text("start")), zone: "utc" },
      key: readKey(row.text("parent")) ?? readKey(row.text("sid")),
      direction,
      status,
      from: isInbound ? numbers.toRemote(from) : numbers.toOwn(from),
      to: isEndpoint(to) ? null : isInbound ? numbers.toOwn(to) : numbers.toDialled(to),
      talk,
      agent: !isInbound && own !== null && !isChild ? toAgent(own, numbers) : null,
      // A parent comes before the children that begin in the same second.
      order: isChild ? 1 : 0,
      called: toCalledEnd(row, kind),
    });
    return isChild ? { ...facts, agent: isOwnTarget || to !== "" ? toAgent(to, numbers) : null } : facts;
  };
}

const preset: TablePreset<Field> = {
  id: "twilio-call-log-csv",
  title: "Twilio call log (CSV)",
  shape: {
    kind: "header",
    names: {
      sid: ["Call Sid", "Sid"],
      parent: ["Parent Call Sid", "ParentCallSid"],
      from: ["From"],
      to: ["To"],
      direction: ["Direction"],
      status: ["Status"],
      start: ["Start Time", "StartTime", "Date Created"],
      end: ["End Time", "EndTime"],
      duration: ["Duration"],
      answeredBy: ["Answered By", "AnsweredBy"],
    },
    required: ["sid", "from", "to", "direction", "status", "start", "duration"],
    isOwn: (header, rows) =>
      header.some((cell) => /^\s*(?:parent ?call ?sid|call ?sid)\s*$/i.test(cell)) ||
      rows.some((cells) => cells.some((cell) => /^CA[0-9a-f]{32}$/i.test(cell))),
  },
  dateColumn: { date: "start" },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Twilio, Monitor > Logs > Calls, export (CSV): times in UTC, one row per leg; the legs that the application dials name
 * their parent. A call that came in and has no answered child has talked to the application only.
 * (twilio.com/docs/voice/api/call-resource)
 */
const csv = createTableFormat(preset);

const jsonNames: Readonly<Record<Field, readonly string[]>> = {
  sid: ["sid", "call_sid"],
  parent: ["parent_call_sid"],
  from: ["from"],
  to: ["to"],
  direction: ["direction"],
  status: ["status"],
  start: ["start_time", "date_created"],
  end: ["end_time"],
  duration: ["duration"],
  answeredBy: ["answered_by"],
};

/** Calls of the API (`Calls.json`) and of the bulk export, which writes a line of JSON for each. */
const json = createItemFormat({
  id: "twilio-call-log-csv",
  title: "Twilio calls (JSON of the API, lines of the bulk export)",
  find: ({ text }) => {
    if (!/"sid"\s*:\s*"CA[\da-f]{32}"/i.test(text) || !/"(?:parent_call_sid|account_sid)"\s*:/.test(text)) return null;
    if (!/"direction"\s*:/.test(text)) return null;
    const isList = /^\s*\{[^{]*"calls"\s*:\s*\[|^\s*\[/.test(text) || /"calls"\s*:\s*\[/.test(text);
    const path = isList ? (findItems(text)?.path ?? "") : "";
    return {
      place: isList ? { kind: "json", path } : { kind: "lines" },
      detection: {
        score: 0.95,
        evidence: ["objects with a call sid (CA…), a direction and an account, as Twilio writes them"],
      },
    };
  },
  open: (tools) => {
    const read = createReader(tools);
    return (item) => {
      if (!isObject(item)) return skip("malformed", "the record is no object");
      const reading = read(toItemRow(item, jsonNames, 0));
      // The same call is exported again when it changes; what it costs and when it was updated tells no rows apart.
      const texts = ["sid", "status", "start_time", "duration", "to"].map((name) => textAt(item, name));
      return reading === null || "kind" in reading ? reading : { ...reading, rowText: texts.join("\u001f") };
    };
  },
});

/** Twilio's calls, as a table or as JSON. */
export const twilioCallLogCsv = createEitherFormat({ id: "twilio-call-log-csv", title: "Twilio call log" }, [
  csv,
  json,
]);
