import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createStatusReader, toAgent, toFlatFacts } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field = "sid" | "parent" | "from" | "to" | "direction" | "status" | "start" | "end" | "duration" | "answeredBy";

/** `client:alice`, `sip:203@…`: somebody of ours, not a number of the network. */
const isEndpoint = (cell: string): boolean => /^(?:client|sips?|whatsapp|user):/i.test(cell);

type Row = Readonly<{ direction: CallDirection; isChild: boolean }>;

function readKind(row: PresetRow<Field>): Row | null {
  const isChild = readKey(row.text("parent")) !== null;
  const told = row.text("direction");
  // What somebody of ours dials comes in at Twilio; its child goes out.
  if (/^inbound|^trunking-terminating/i.test(told)) {
    return { direction: isEndpoint(row.text("from")) ? "outbound" : "inbound", isChild };
  }
  return /^outbound|^trunking-originating/i.test(told) ? { direction: "outbound", isChild } : null;
}

function toCalledEnd(row: PresetRow<Field>, { direction, isChild }: Row): CalledEnd {
  if (/^(?:machine|fax)/i.test(row.text("answeredBy"))) return "voicemail";
  if (isChild) return "person";
  // The application answers a call that comes in; one that it makes may go on with a child.
  return direction === "outbound" && /^outbound/i.test(row.text("direction")) ? "whole" : "machine";
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
      start: { text: row.text("start"), zone: "utc" },
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
export const twilioCallLogCsv = createTableFormat(preset);
