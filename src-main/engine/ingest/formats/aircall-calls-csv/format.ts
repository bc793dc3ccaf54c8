import { readAllSeconds, isReason, readKey } from "../../presets/cell-values.ts";
import type { CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createDirectionReader, createStatusReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "local" | "utc" | "direction" | "from" | "to" | "answered" | "reason" | "user" | "total" | "inCall")
  | "voicemail";

const isTrue = (cell: string): boolean => cell !== "" && !/^(?:no|false|0|-|n\/a|null|none)$/i.test(cell);

function createReader({ numbers }: RowTools) {
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader();
  return (row: PresetRow<Field>): RowReading => {
    const direction = readDirection(row.text("direction"));
    if (direction === null) return skip("malformed", `direction ${quoteValue(row.text("direction"))} is not known`);
    const lengths = readAllSeconds({ total: row.text("total"), inCall: row.text("inCall") });
    if (isReason(lengths)) return lengths;
    const told = readStatus(row.text("answered"), lengths.inCall);
    if (typeof told !== "string") return told;
    const isMessage = told !== "answered" && isTrue(row.text("voicemail"));
    const status: CallStatus = isMessage ? "voicemail" : told;
    const user = row.text("user");
    return toFlatFacts({
      start: row.text("utc") === "" ? { text: row.text("local") } : { text: row.text("utc"), zone: "utc" },
      key: readKey(row.text("id")),
      ...toParties({ direction, from: row.text("from"), to: row.text("to") }, numbers),
      status,
      talk: lengths.inCall,
      agent: user === "" ? null : user,
      identity: [row.text("total"), row.text("inCall"), user],
    });
  };
}

const preset: TablePreset<Field> = {
  id: "aircall-calls-csv",
  title: "Aircall calls (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["call id", "call_id"],
      local: ["date (TZ offset incl.)", "date"],
      utc: ["datetime (UTC)", "datetime UTC"],
      direction: ["direction"],
      from: ["from"],
      to: ["to"],
      answered: ["answered"],
      reason: ["missed_call_reason"],
      user: ["user"],
      total: ["duration (total)"],
      inCall: ["duration (in call)"],
      voicemail: ["voicemail"],
    },
    required: ["utc", "direction", "from", "to", "answered", "inCall"],
  },
  open: createReader,
};

/**
 * Aircall, Analytics or Call history, export as CSV: newest first, times in UTC and with the number's offset, no call id.
 * The total holds the ringing; the talk has a column of its own. Internal calls are not exported.
 * (support.aircall.io, Exporting calls)
 */
export const aircallCallsCsv = createTableFormat(preset);
