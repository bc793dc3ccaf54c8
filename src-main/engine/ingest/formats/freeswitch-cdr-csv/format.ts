import { isReason, readAllSeconds } from "../../presets/cell-values.ts";
import { createEitherFormat } from "../../presets/either-format.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { readBridgeTarget, readLegParties, toEnding, toUnbridgedEnd } from "../freeswitch-like/leg-facts.ts";
import { skip } from "../log-format.ts";

const fields = [
  ...(["callerName", "caller", "destination", "context", "start", "answer", "end", "duration", "billsec"] as const),
  ...([
    "cause",
    "uuid",
    "bleg",
    "account",
    "app",
    "argument",
    "direction",
    "gateway",
    "voicemail",
    "extension",
    "did",
  ] as const),
] as const;
type Field = (typeof fields)[number];

type Positions = Readonly<Partial<Record<Field, number>>>;

/** Templates `example`, `snom`, `linksys`, `sql` and the built-in one begin alike. */
const common: Positions = {
  callerName: 1,
  caller: 2,
  destination: 3,
  context: 4,
  start: 5,
  answer: 6,
  end: 7,
  duration: 8,
  billsec: 9,
  cause: 10,
  uuid: 11,
  bleg: 12,
  account: 13,
};
/** Template `asterisk`: the columns of Asterisk's Master.csv. */
const asterisk: Positions = {
  account: 1,
  caller: 2,
  destination: 3,
  context: 4,
  app: 8,
  argument: 9,
  start: 10,
  answer: 11,
  end: 12,
  duration: 13,
  billsec: 14,
  cause: 15,
  uuid: 17,
};
/** Template `opencdrrate`: no start, no cause. */
const rating: Positions = {
  uuid: 1,
  bleg: 2,
  direction: 3,
  caller: 4,
  destination: 5,
  answer: 6,
  end: 7,
  billsec: 8,
  account: 9,
  gateway: 13,
};

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

function findPositions(cells: readonly string[]): Positions | null {
  const at = (index: number): string => (cells[index] ?? "").trim();
  if (cells.length >= 12 && stamp.test(at(4)) && uuid.test(at(10))) return common;
  if (cells.length >= 17 && stamp.test(at(9)) && uuid.test(at(16))) return asterisk;
  return cells.length >= 12 && uuid.test(at(0)) && (stamp.test(at(6)) || stamp.test(at(5))) ? rating : null;
}

/**
 * The cells of a line whose values are quoted but never escaped: a quote within a name is text. The `sql` template wraps
 * them in a statement.
 */
function splitUnescaped(cells: readonly string[], raw: string): readonly string[] {
  const statement = /^\s*INSERT INTO\s+\S+\s+VALUES\s*\((.*)\)\s*;?\s*$/i.exec(raw);
  if (statement === null && findPositions(cells) !== null) return cells;
  const line = (statement?.[1] ?? raw).trim();
  if (!line.startsWith('"') || !line.endsWith('"') || line.length < 2) return cells;
  const found = line.slice(1, -1).split(/"\s*,\s*"/);
  const place = found.findIndex((cell) => uuid.test(cell.trim()));
  // `","` within the caller's name: the first uuid stands in the eleventh column.
  const extra = place - 10;
  if (statement === null && found.length <= cells.length && extra <= 0) return cells;
  return extra > 0 && extra < 4 ? [found.slice(0, extra + 1).join('","'), ...found.slice(extra + 1)] : found;
}

const bothLegs = "ab";

/** With `legs=ab` both legs have a row, and each names the other. */
function findPairs(rows: readonly PresetRow<Field>[]): string {
  const own = new Set(rows.map((row) => row.text("uuid")));
  return rows.some((row) => own.has(row.text("bleg")) && row.text("bleg") !== row.text("uuid")) ? bothLegs : "a";
}

function toCalledEnd(row: PresetRow<Field>): CalledEnd {
  if (/^voicemail$/i.test(row.text("app")) || /^true$/i.test(row.text("voicemail"))) return "voicemail";
  if (row.text("bleg") !== "" || (!row.has("bleg") && /^bridge$/i.test(row.text("app")))) return "person";
  // Without a column that tells the partner there is no telling.
  return row.has("bleg") || row.has("app") ? toUnbridgedEnd(row.text("app")) : "person";
}

function readRow(row: PresetRow<Field>, tools: RowTools, mode: string): RowReading {
  const { numbers } = tools;
  const lengths = readAllSeconds({ duration: row.text("duration"), billsec: row.text("billsec") });
  if (isReason(lengths)) return lengths;
  const own = row.text("uuid");
  if (!uuid.test(own)) return skip("malformed", "the row has no uuid");
  const partner = row.text("bleg");
  const target = readBridgeTarget(row.text("app"), row.text("argument"));
  const parties = readLegParties(
    {
      callerNumber: row.text("caller"),
      destination: row.text("destination"),
      context: row.text("context"),
      told: row.text("direction"),
      user: numbers.isExtension(row.text("account")) ? row.text("account") : "",
      target,
    },
    tools,
  );
  const isPaired = mode === bothLegs && uuid.test(partner);
  const extension = row.text("extension") === "" ? target.extension : row.text("extension");
  const begin = row.text("start") === "" ? row.text("answer") : row.text("start");
  const isEndOnly = begin === "";
  return {
    start: isEndOnly
      ? { text: row.text("end"), secondsBefore: lengths.billsec }
      : { text: begin, end: row.text("end") },
    // Both legs name each other: either order of their rows leads to the same key.
    key: isPaired && partner < own ? partner : own,
    logId: own,
    ...parties,
    // What the caller dialled, where the product on top of the switch keeps it.
    ...(parties.direction === "inbound" && row.text("did") !== "" ? { to: numbers.toOwn(row.text("did")) } : {}),
    called: toCalledEnd(row),
    ending: toEnding(lengths.billsec, row.text("cause")),
    talk: lengths.billsec,
    ring: Math.max(0, lengths.duration - lengths.billsec),
    agent: extension === null || !numbers.isExtension(extension) ? null : numbers.toOwn(extension),
    caller: parties.direction === "inbound" ? null : parties.from,
  };
}

const open: TablePreset<Field>["open"] = (tools, mode) => (row) => readRow(row, tools, mode);

const templates: TablePreset<Field> = {
  id: "freeswitch-cdr-csv",
  title: "FreeSWITCH cdr_csv (Master.csv)",
  shape: {
    kind: "positions",
    fields,
    find: findPositions,
    form: "the columns of a stock template, with a start and a uuid in their places",
  },
  delimiter: ",",
  align: splitUnescaped,
  settle: findPairs,
  open,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

const fusionPbx: TablePreset<Field> = {
  id: "freeswitch-cdr-csv",
  title: "FusionPBX call detail records (CSV)",
  shape: {
    kind: "header",
    names: {
      callerName: ["caller_id_name"],
      caller: ["caller_id_number", "source_number"],
      destination: ["destination_number", "caller_destination"],
      did: ["caller_destination"],
      context: ["context"],
      // Epochs need no zone.
      start: ["start_epoch", "start_stamp"],
      answer: ["answer_epoch", "answer_stamp"],
      end: ["end_epoch", "end_stamp"],
      duration: ["duration"],
      billsec: ["billsec"],
      cause: ["hangup_cause"],
      uuid: ["uuid", "xml_cdr_uuid"],
      bleg: ["bleg_uuid", "bridge_uuid"],
      account: ["accountcode"],
      app: ["last_app"],
      argument: ["last_arg"],
      direction: ["direction"],
      gateway: ["sip_gateway_name"],
      voicemail: ["voicemail_message"],
      extension: ["extension"],
    },
    required: ["caller", "destination", "start", "billsec", "cause", "uuid"],
  },
  open,
  settle: findPairs,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * FreeSWITCH `mod_cdr_csv` with its stock templates, and the CSV of FusionPBX, which has a header. Local time. One row a call,
 * with `legs=ab` one a leg. What was answered without a partner leg was a menu or a mailbox.
 * (github.com/signalwire/freeswitch, mod_cdr_csv.c)
 */
export const freeswitchCdrCsv = createEitherFormat(
  { id: "freeswitch-cdr-csv", title: "FreeSWITCH cdr_csv (Master.csv)" },
  [createTableFormat(templates), createTableFormat(fusionPbx)],
);
