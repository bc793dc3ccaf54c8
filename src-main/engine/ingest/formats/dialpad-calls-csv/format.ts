import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading, RowStart } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createTimeZone, type TimeZone } from "../../time/time-zone.ts";
import { createDirectionReader, createStatusReader, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { readMoment, secondsBetween } from "../flat-call/instant.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | ("id" | "master" | "entry" | "category" | "direction" | "started" | "rang" | "connected" | "ended" | "zone")
  | ("external" | "internal" | "isInternal" | "name" | "email" | "kind" | "talk" | "voicemail");

const isTrue = (cell: string): boolean => /^(?:true|yes|1|t)$/i.test(cell);

/** Decimal minutes in exports, milliseconds in events, seconds in neither: what fits the times of the row counts. */
function readTalk(cell: string, span: number | null): number | null {
  if (cell === "") return span ?? 0;
  const value = Number(cell.replace(",", "."));
  if (!Number.isFinite(value) || value < 0) return null;
  const minutes = Math.round(value * 60);
  if (span === null) return minutes;
  const units = [minutes, Math.round(value / 1000), Math.round(value)];
  return units.reduce((best, next) => (Math.abs(next - span) < Math.abs(best - span) ? next : best));
}

/** Rows name their own zone; an unknown name leaves the source's. */
function createZones(source: TimeZone): (name: string) => TimeZone {
  const known = new Map<string, TimeZone>();
  return (name) => {
    if (name === "") return source;
    const found = known.get(name);
    if (found !== undefined) return found;
    let zone = source;
    try {
      zone = createTimeZone(name);
    } catch (error) {
      if (!(error instanceof LogRefusedError)) throw error;
    }
    if (known.size < 1000) known.set(name, zone);
    return zone;
  };
}

function readCategory(row: PresetRow<Field>, read: (cell: string) => CallDirection | null): CallDirection | null {
  if (isTrue(row.text("isInternal"))) return "internal";
  const told = read(row.text("direction"));
  if (told !== null) return told;
  const category = row.text("category");
  if (/^(?:incoming|missed|voicemail|abandoned)/i.test(category)) return "inbound";
  return /^(?:outgoing|cancell?ed)/i.test(category) ? "outbound" : null;
}

function createReader({ numbers, zone: source }: RowTools) {
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader({
    answered: ["incoming", "outgoing", "internal", "connected", "transferred", "merged"],
    missed: ["missed", "cancelled", "canceled", "abandoned", "no_answer", "rejected"],
    voicemail: ["voicemail", "voicemail_left"],
  });
  const findZone = createZones(source);
  return (row: PresetRow<Field>): RowReading => {
    const told = readCategory(row, readDirection);
    if (told === null) return skip("malformed", `direction ${quoteValue(row.text("direction"))} is not known`);
    const zone = findZone(row.text("zone"));
    const started = row.text("started");
    const connected = row.text("connected");
    const talk = readTalk(row.text("talk"), secondsBetween(connected, row.text("ended"), zone));
    if (talk === null) return skip("malformed", `talk_duration ${quoteValue(row.text("talk"))} is no length of a call`);
    const category = readStatus(row.text("category"), talk);
    if (typeof category !== "string") return category;
    const isTalk = connected !== "" && talk > 0 && category !== "voicemail";
    const isMessage = category === "voicemail" || isTrue(row.text("voicemail"));
    const status: CallStatus = isTalk
      ? "answered"
      : isMessage
        ? "voicemail"
        : category === "answered"
          ? "missed"
          : category;
    const moment = readMoment(started, zone);
    const start: RowStart =
      moment === null
        ? { text: started }
        : { epochMs: moment.at, precision: moment.precision, alternatives: moment.alternatives };
    const external = row.text("external");
    const internal = row.text("internal");
    const isInbound = told === "inbound";
    const isPerson = row.text("kind") === "" || /^user|^person|^operator/i.test(row.text("kind"));
    const name = row.text("name") === "" ? row.text("email") : row.text("name");
    return toFlatFacts({
      start,
      key: readKey(row.text("entry")) ?? readKey(row.text("master")) ?? readKey(row.text("id")),
      ...toParties(
        { direction: told, from: isInbound ? external : internal, to: isInbound ? internal : external },
        numbers,
      ),
      status,
      talk,
      ring: isTalk ? (secondsBetween(started, connected, zone) ?? 0) : 0,
      agent: isPerson && name !== "" ? name : null,
      identity: [row.text("talk"), name],
      // A department or call centre repeats the talk of whoever answered for it.
      ...(isPerson || status === "voicemail" ? {} : { called: "whole" as const }),
    });
  };
}

const preset: TablePreset<Field> = {
  id: "dialpad-calls-csv",
  title: "Dialpad calls (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["call_id"],
      master: ["master_call_id"],
      entry: ["entry_point_call_id"],
      category: ["category", "categories"],
      direction: ["direction"],
      started: ["date_started", "date_first_rang"],
      rang: ["date_first_rang"],
      connected: ["date_connected"],
      ended: ["date_ended"],
      zone: ["timezone"],
      external: ["external_number"],
      internal: ["internal_number"],
      isInternal: ["is_internal"],
      name: ["name"],
      email: ["email"],
      kind: ["target_kind", "target_type"],
      talk: ["talk_duration", "talk_time"],
      voicemail: ["voicemail"],
    },
    required: ["id", "started", "connected", "external", "internal"],
  },
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Dialpad, Analytics, export of calls (CSV): times in the zone that each row names, durations in decimal minutes. Rows of a
 * queue, a department and a transfer share an entry point or a master call.
 * (developers.dialpad.com, Stats export)
 */
export const dialpadCallsCsv = createTableFormat(preset);
