import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowFacts, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createAsteriskFacts, settleAsteriskClock } from "../asterisk-like/row-facts.ts";
import type { SkippedOutcome } from "../log-format.ts";
import { splitPhpCells } from "./php-cells.ts";

type Field =
  | ("calldate" | "clid" | "src" | "dst" | "dcontext" | "channel" | "dstchannel" | "lastapp" | "lastdata" | "duration")
  | ("billsec" | "disposition" | "uniqueid" | "did" | "cnum" | "recordingfile" | "linkedid" | "sequence");

const names: Readonly<Record<Field, readonly string[]>> = {
  calldate: ["calldate"],
  clid: ["clid"],
  src: ["src"],
  dst: ["dst"],
  dcontext: ["dcontext"],
  channel: ["channel"],
  dstchannel: ["dstchannel"],
  lastapp: ["lastapp"],
  lastdata: ["lastdata"],
  duration: ["duration"],
  billsec: ["billsec"],
  disposition: ["disposition"],
  uniqueid: ["uniqueid"],
  did: ["did"],
  cnum: ["cnum"],
  recordingfile: ["recordingfile"],
  linkedid: ["linkedid"],
  sequence: ["sequence"],
};

/** The number that was dialled is the call's destination where the log shows it. */
export function withDid(facts: RowFacts | SkippedOutcome, did: string, { numbers }: RowTools): RowReading {
  if ("kind" in facts || facts.direction !== "inbound" || did === "") return facts;
  return { ...facts, to: numbers.toOwn(did) ?? facts.to };
}

const recorded: Readonly<Record<string, CallDirection>> = { in: "inbound", out: "outbound", internal: "internal" };

/** The name of a recording begins with the direction of its call (`out-07700900123-202-…`), if there is one. */
const readRecording = (file: string): CallDirection | null =>
  recorded[/(?:^|\/)(in|out|internal)-[^/]*$/.exec(file)?.[1] ?? ""] ?? null;

function createReader(tools: RowTools, clock: string) {
  const read = createAsteriskFacts(tools, clock);
  return (row: PresetRow<Field>): RowReading => {
    const facts = read({
      src: row.text("src") === "" ? row.text("cnum") : row.text("src"),
      dst: row.text("dst"),
      dcontext: row.text("dcontext"),
      clid: row.text("clid"),
      channel: row.text("channel"),
      dstchannel: row.text("dstchannel"),
      lastapp: row.text("lastapp"),
      lastdata: row.text("lastdata"),
      start: row.text("calldate"),
      end: "",
      duration: row.text("duration"),
      billsec: row.text("billsec"),
      disposition: row.text("disposition"),
      uniqueid: row.text("uniqueid"),
      linkedid: row.text("linkedid"),
      sequence: row.text("sequence"),
      told: readRecording(row.text("recordingfile")),
    });
    return withDid(facts, row.text("did"), tools);
  };
}

const preset: TablePreset<Field> = {
  id: "freepbx-cdr-export",
  title: "FreePBX CDR report (CSV export)",
  shape: {
    kind: "header",
    names,
    required: ["calldate", "src", "dst", "channel", "dstchannel", "lastapp", "billsec", "disposition"],
  },
  multiline: false,
  dateColumn: { date: "calldate" },
  settle: (rows, tools) =>
    settleAsteriskClock(
      rows.map((row) => ({ start: row.text("calldate"), uniqueid: row.text("uniqueid") })),
      tools,
    ),
  align: splitPhpCells,
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * FreePBX, Reports > CDR Reports, CSV file: Asterisk's fields by name (older exports lack those after `userfield`), newest
 * first, times of the server. Legs share the linkedid. At most as many rows as the page shows (by default 100).
 * (github.com/FreePBX/cdr, functions.inc.php)
 */
export const freepbxCdrExport = createTableFormat(preset);
