import { createWords, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, RowFacts, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createEitherFormat } from "../../presets/either-format.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { listParts } from "../../records/item-splitter.ts";
import { findItems } from "../../records/json-items.ts";
import { createAsteriskFacts, settleAsteriskClock } from "../asterisk-like/row-facts.ts";
import { createItemFormat } from "../item-log/item-format.ts";
import { toItemRow } from "../item-log/item-row.ts";
import { textAt } from "../item-log/json-value.ts";
import { alignUcmCells } from "./align.ts";

type Field =
  | (
      | "acctId"
      | "src"
      | "dst"
      | "dcontext"
      | "clid"
      | "channel"
      | "dstchannel"
      | "lastapp"
      | "lastdata"
      | "start"
      | "end"
    )
  | ("duration" | "billsec" | "disposition" | "uniqueid" | "userfield" | "dstanswer" | "dstchanext" | "session")
  | ("dstchannelExt" | "actionOwner" | "actionType" | "srcTrunk" | "dstTrunk");

const names: Readonly<Record<Field, readonly string[]>> = {
  acctId: ["AcctId"],
  src: ["src"],
  dst: ["dst"],
  dcontext: ["dcontext"],
  clid: ["clid"],
  channel: ["channel"],
  dstchannel: ["dstchannel"],
  lastapp: ["lastapp"],
  lastdata: ["lastdata"],
  start: ["start"],
  end: ["end"],
  duration: ["duration"],
  billsec: ["billsec"],
  disposition: ["disposition"],
  uniqueid: ["uniqueid"],
  userfield: ["userfield"],
  dstanswer: ["dstanswer"],
  dstchanext: ["dstchanext"],
  session: ["session"],
  dstchannelExt: ["dstchannel_ext"],
  actionOwner: ["action_owner"],
  actionType: ["action_type"],
  srcTrunk: ["src_trunk_name"],
  dstTrunk: ["dst_trunk_name"],
};

const readDirection = createWords({
  inbound: ["Inbound"],
  outbound: ["Outbound"],
  internal: ["Internal"],
  // What came in on a line and left on one again.
  external: ["External"],
});

const jsonNames: Readonly<Record<Field, readonly string[]>> = { ...names, acctId: ["AcctId", "acctid"] };

/** Actions in which no person is reached by themselves; the extension that answers has a row of its own. */
const machineAction = /^(?:IVR|ANNOUNCEMENT|PAGING|PARKED?|FAX|CONFERENCE|MEETME|DISA|EMERGENCY_NOTIFY)/i;

function toDirection(row: PresetRow<Field>, facts: RowFacts): RowFacts["direction"] {
  const told = readDirection(row.text("userfield"));
  if (told === "inbound" || told === "outbound" || told === "internal") return told;
  if (told === "external") return "inbound";
  if (row.text("srcTrunk") !== "") return "inbound";
  return row.text("dstTrunk") === "" ? facts.direction : "outbound";
}

function toCalledEnd(row: PresetRow<Field>, facts: RowFacts): CalledEnd {
  const action = row.text("actionType");
  if (/^VM|^VOICEMAIL/i.test(action)) return "voicemail";
  if (row.text("dstchannel") === "" && machineAction.test(action)) return "machine";
  return facts.called;
}

/** Rows of the API write `session` and later columns last; a comma in a name before them moves none of them. */
function readRow(row: PresetRow<Field>, tools: RowTools, read: ReturnType<typeof createAsteriskFacts>): RowReading {
  const { numbers } = tools;
  const facts = read({
    src: row.text("src"),
    dst: row.text("dst"),
    dcontext: row.text("dcontext"),
    clid: row.text("clid"),
    channel: row.text("channel"),
    dstchannel: row.text("dstchannel"),
    lastapp: row.text("lastapp"),
    lastdata: row.text("lastdata"),
    start: row.text("start"),
    end: row.text("end"),
    duration: row.text("duration"),
    billsec: row.text("billsec"),
    disposition: row.text("disposition"),
    uniqueid: row.text("uniqueid"),
    linkedid: "",
    sequence: row.text("acctId"),
  });
  if ("kind" in facts) return facts;
  const direction = toDirection(row, facts);
  const key = readKey(row.text("session")) ?? facts.key;
  const extension = [row.text("dstanswer"), row.text("dstchanext"), row.text("dstchannelExt")].find((cell) =>
    numbers.isExtension(cell),
  );
  const agent = extension === undefined ? (facts.agent ?? null) : numbers.toOwn(extension);
  const common = { ...facts, key, direction, called: toCalledEnd(row, facts), agent };
  if (direction === facts.direction) return common;
  const src = row.text("src");
  const dst = row.text("dst");
  if (direction === "inbound") return { ...common, from: numbers.toRemote(src), to: numbers.toOwn(dst) };
  const from = numbers.toOwn(src);
  const to = direction === "outbound" ? numbers.toDialled(dst) : numbers.toOwn(dst);
  return { ...common, from, to, caller: from };
}

const leastWidth = 20;

const preset: TablePreset<Field> = {
  id: "grandstream-ucm-cdr-csv",
  title: "Grandstream UCM CDR (CSV)",
  shape: {
    kind: "header",
    names,
    required: ["acctId", "src", "dst", "channel", "dstchannel", "start", "billsec", "disposition", "userfield"],
  },
  delimiter: ",",
  multiline: false,
  align: (cells, raw, columns) =>
    alignUcmCells(cells, raw, columns, Math.max(leastWidth, ...Object.values(columns).map((at) => at + 1))),
  dateColumn: { date: "start" },
  settle: (rows, tools) =>
    settleAsteriskClock(
      rows.map((row) => ({ start: row.text("start"), uniqueid: row.text("uniqueid") })),
      tools,
    ),
  open: (tools, clock) => {
    const read = createAsteriskFacts(tools, clock);
    return (row) => readRow(row, tools, read);
  },
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Grandstream UCM6xxx, CDR export or API (CSV): Asterisk's fields and the UCM's own, one row per part of a call; parts share
 * the session (older versions have none: the uniqueid). Times of the PBX.
 * (documentation.grandstream.com, CDR and REC API)
 */
const csv = createTableFormat(preset);

/** Objects of one call in the API's JSON: the whole of it and its parts. */
const partNames = "main_cdr,sub_cdr_";

/** The API's JSON (`cdr_root`): a record a call, or `main_cdr` with `sub_cdr_1` … where a call has parts. */
const json = createItemFormat({
  id: "grandstream-ucm-cdr-csv",
  title: "Grandstream UCM CDR (JSON of the API)",
  find: ({ text }) => {
    if (!/^\s*[[{]/.test(text) || !/"acctid"\s*:/i.test(text) || !/"(?:disposition|lastapp)"\s*:/.test(text))
      return null;
    const path = /"cdr_root"\s*:\s*\[/.test(text) ? "cdr_root" : (findItems(text)?.path ?? "");
    return {
      place: { kind: "json", path, parts: partNames },
      detection: {
        score: 0.95,
        evidence: ["records with AcctId, lastapp and disposition, as the UCM's CDR API writes them"],
      },
    };
  },
  open: (tools) => {
    const read = createAsteriskFacts(tools, JSON.stringify("local"));
    return (item, part) => {
      const parts = listParts(item, partNames);
      const reading = readRow(toItemRow(parts[part] ?? item, jsonNames, 0), tools, read);
      if (reading === null || "kind" in reading || parts.length === 0) return reading;
      const [first] = parts;
      const session = textAt(first, "session", "uniqueid");
      const isWhole = part === 0 && parts.length > 1;
      return {
        ...reading,
        ...(session === "" ? {} : { key: session }),
        ...(isWhole ? { called: "whole" } : { order: part }),
      };
    };
  },
});

/** The UCM's records, as a table or as JSON. */
export const grandstreamUcmCdrCsv = createEitherFormat(
  { id: "grandstream-ucm-cdr-csv", title: "Grandstream UCM CDR" },
  [csv, json],
);
