import type { CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, createStatusReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { secondsBetween } from "../flat-call/instant.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "direction" | "status" | "from" | "to" | "created" | "answered" | "completed" | "duration")
  | ("user" | "answeredBy" | "voicemail");

const isFilled = (cell: string): boolean => cell !== "" && !/^(?:null|none|false|no|0|-)$/i.test(cell);

function createReader({ numbers }: RowTools) {
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader();
  return (row: PresetRow<Field>): RowReading => {
    const direction = readDirection(row.text("direction"));
    if (direction === null) return skip("malformed", `direction ${quoteValue(row.text("direction"))} is not known`);
    const length = readSeconds("duration", row.text("duration"));
    if (typeof length !== "number") return length;
    const told = readStatus(row.text("status"), length);
    if (typeof told !== "string") return told;
    const answered = row.text("answered");
    const isTalk = row.has("answered") ? isFilled(answered) : length > 0;
    const talk = secondsBetween(answered, row.text("completed")) ?? length;
    // A completed call that nobody answered ended in the mailbox or with the caller giving up.
    const unanswered: CallStatus = isFilled(row.text("voicemail"))
      ? "voicemail"
      : told === "answered"
        ? "missed"
        : told;
    const user = row.text("user");
    const agent = direction === "inbound" && row.text("answeredBy") !== "" ? row.text("answeredBy") : user;
    return toFlatFacts({
      start: { text: row.text("created"), zone: "utc" },
      key: readKey(row.text("id")),
      ...toParties({ direction, from: row.text("from"), to: row.text("to") }, numbers),
      status: told === "answered" && isTalk ? "answered" : unanswered,
      talk,
      ring: isTalk ? (secondsBetween(row.text("created"), answered) ?? 0) : 0,
      agent: agent === "" ? null : agent,
      identity: [row.text("duration"), agent],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "openphone-quo-calls-csv",
  title: "Quo (OpenPhone) calls (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["id", "callId", "Call ID"],
      direction: ["direction"],
      status: ["status"],
      from: ["from"],
      to: ["to"],
      created: ["createdAt", "Created At", "Date"],
      answered: ["answeredAt", "Answered At"],
      completed: ["completedAt", "Completed At"],
      duration: ["duration"],
      user: ["user", "userName", "userId"],
      answeredBy: ["answeredBy", "Answered By"],
      voicemail: ["voicemail", "voicemailUrl"],
    },
    required: ["id", "direction", "status", "from", "to", "created", "answered", "completed"],
    needed: ["id", "direction", "status", "from", "to", "created"],
  },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Quo, formerly OpenPhone, export of calls (CSV): times in UTC, ids begin with AC. A completed call without an answer and
 * with a recording of the mailbox is a voicemail.
 * (quo.com/docs, call object)
 */
export const openphoneQuoCallsCsv = createTableFormat(preset);
