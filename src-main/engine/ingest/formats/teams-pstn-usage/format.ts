import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field = "id" | "user" | "upn" | "caller" | "type" | "dialed" | "destination" | "start" | "end" | "duration";

/** `user_in`, `conf_out`, `ucap_in`, `user_out_transfer` …: what stands after the first part tells the direction. */
function readDirection(type: string): "inbound" | "outbound" | null {
  if (/(?:^|_)in(?:_|$)/i.test(type)) return "inbound";
  return /(?:^|_)out(?:_|$)/i.test(type) ? "outbound" : null;
}

function readRow(row: PresetRow<Field>, { numbers }: RowTools): RowReading {
  const type = row.text("type");
  const direction = readDirection(type);
  if (direction === null) return skip("malformed", `Call Type ${quoteValue(type)} is not known`);
  const talk = readSeconds("Duration Seconds", row.text("duration"));
  if (typeof talk !== "number") return talk;
  const destination = row.text("destination") === "" ? row.text("dialed") : row.text("destination");
  const agent = row.text("user") === "" ? row.text("upn") : row.text("user");
  return toFlatFacts({
    start: { text: row.text("start"), zone: "utc" },
    key: readKey(row.text("id")),
    ...toParties({ direction, from: row.text("caller"), to: destination }, numbers),
    status: talk > 0 ? "answered" : "missed",
    talk,
    agent: agent === "" ? null : agent,
    identity: [row.text("duration"), agent],
  });
}

const preset: TablePreset<Field> = {
  id: "teams-pstn-usage",
  title: "Microsoft Teams PSTN usage, Calling Plans (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["UsageId", "Usage Id"],
      user: ["User Display Name", "Display Name"],
      upn: ["UPN"],
      caller: ["Caller ID", "Caller Number"],
      type: ["Call Type"],
      dialed: ["Destination Dialed"],
      destination: ["Destination Number"],
      start: ["Start Time", "Start Time (UTC)", "Time stamp (UTC)", "Time stamp"],
      end: ["End Time", "End Time (UTC)"],
      duration: ["Duration Seconds", "Duration (seconds)", "Duration"],
    },
    required: ["id", "caller", "type", "destination", "start", "duration"],
  },
  open: (tools) => (row) => readRow(row, tools),
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Microsoft Teams, PSTN usage report of Calling Plans and Operator Connect (`PSTN.calls.<date>.csv`): connected calls only,
 * times with offset. The usage id is unique, the call id is not. Digits of outside numbers may be masked by `*`.
 * (learn.microsoft.com, Teams PSTN usage report)
 */
export const teamsPstnUsage = createTableFormat(preset);
