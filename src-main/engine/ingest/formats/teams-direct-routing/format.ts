import type { CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { secondsBetween } from "../flat-call/instant.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "shared" | "user" | "upn" | "invite" | "start" | "end" | "duration" | "success")
  | ("caller" | "callee" | "type" | "direction" | "code");

const busyCodes = new Set(["486", "600"]);
/** The network never reached a phone: no such number, no way there. Everything else rang, was refused or given up. */
const unansweredCodes = new Set(["", "0", "200", "408", "480", "487", "603"]);

function readStatus(row: PresetRow<Field>): CallStatus {
  if (/^(?:yes|true|1)$/i.test(row.text("success"))) return "answered";
  const code = row.text("code");
  if (busyCodes.has(code)) return "busy";
  return unansweredCodes.has(code) ? "missed" : "failed";
}

const readDirectionWord = createDirectionReader();

function readDirection(row: PresetRow<Field>): "inbound" | "outbound" | null {
  const type = row.text("type");
  if (/^dr_(?:\w+_)?in(?:_|$)/i.test(type)) return "inbound";
  if (/^dr_(?:\w+_)?out(?:_|$)/i.test(type)) return "outbound";
  const told = readDirectionWord(row.text("direction"));
  return told === "internal" ? null : told;
}

function readRow(row: PresetRow<Field>, { numbers }: RowTools): RowReading {
  const direction = readDirection(row);
  if (direction === null) return skip("malformed", `Call type ${quoteValue(row.text("type"))} is not known`);
  const duration = readSeconds("Duration", row.text("duration"));
  if (typeof duration !== "number") return duration;
  const status = readStatus(row);
  const invited = row.text("invite");
  const start = row.text("start");
  // The duration counts from the invitation: the talk is what lies between start and end.
  const talk = secondsBetween(start, row.text("end")) ?? duration;
  const agent = row.text("user") === "" ? row.text("upn") : row.text("user");
  // A bot (call queue, auto attendant) answers for nobody.
  const isBot = /ucap/i.test(row.text("type"));
  const facts = toFlatFacts({
    start: { text: invited === "" ? start : invited, zone: "utc" },
    key: readKey(row.text("shared")) ?? readKey(row.text("id")),
    ...toParties({ direction, from: row.text("caller"), to: row.text("callee") }, numbers),
    status,
    talk,
    ring: status === "answered" ? (secondsBetween(invited, start) ?? 0) : 0,
    agent: agent === "" || isBot ? null : agent,
    identity: [row.text("duration"), agent],
  });
  // The row of a transfer is written for whoever transferred: it goes out, but the call it is part of came in.
  return { ...facts, agent: agent === "" || isBot ? null : agent };
}

const preset: TablePreset<Field> = {
  id: "teams-direct-routing",
  title: "Microsoft Teams Direct Routing (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["CorrelationId", "Correlation ID"],
      shared: ["Shared correlation ID"],
      user: ["Display Name", "User Display Name"],
      upn: ["UPN", "SIP Address"],
      invite: ["Invite time", "Invite time (UTC)"],
      start: ["Start time", "Start time (UTC)"],
      end: ["End time", "End time (UTC)"],
      duration: ["Duration (seconds)", "Duration"],
      success: ["Success", "Successful"],
      caller: ["Caller Number"],
      callee: ["Callee Number"],
      type: ["Call type"],
      direction: ["Call Direction"],
      code: ["Final SIP code"],
    },
    required: ["id", "start", "end", "success", "caller", "callee", "code"],
    needed: ["id", "start", "end", "success", "caller", "callee"],
  },
  open: (tools) => (row) => readRow(row, tools),
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Microsoft Teams, PSTN usage report of Direct Routing: all calls, times in UTC. Rows of a transferred call share the
 * "Shared correlation ID". Rows appear up to two days late.
 * (learn.microsoft.com, Teams PSTN usage report)
 */
export const teamsDirectRouting = createTableFormat(preset);
