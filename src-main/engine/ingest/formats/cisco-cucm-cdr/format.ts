import { isReason, readAllSeconds } from "../../presets/cell-values.ts";
import { createEitherFormat } from "../../presets/either-format.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { quoteValue, skip } from "../log-format.ts";
import { createCucmDevices, type CucmDevices } from "./devices.ts";

type Field =
  | ("recordType" | "manager" | "callId" | "cluster" | "origination" | "connect" | "disconnect" | "duration" | "pkid")
  | ("calling" | "originalCalled" | "finalCalled" | "origDevice" | "destDevice" | "origCause" | "destCause")
  | ("huntPilot" | "outpulsed");

/** Q.850 causes that say that the number or the network is at fault. */
const failedCauses = new Set([
  1, 2, 3, 4, 5, 6, 8, 22, 25, 27, 28, 29, 30, 34, 38, 39, 40, 41, 42, 43, 44, 46, 47, 49, 50, 53, 55, 57, 58, 62, 63,
  65, 66, 69, 70, 79, 81, 82, 83, 84, 85, 86, 87, 88, 91, 95, 96, 97, 98, 99, 100, 101, 102, 103, 110, 111,
]);

const isTypeRow = (row: PresetRow<Field>): boolean =>
  /^(?:INTEGER|VARCHAR|UNIQUEIDENTIFIER)/i.test(row.text("recordType"));

function toEnding(row: PresetRow<Field>, isConnected: boolean): Ending {
  if (isConnected) return "answered";
  const causes = [row.text("destCause"), row.text("origCause")].map(Number);
  if (causes.includes(17)) return "busy";
  return causes.some((cause) => failedCauses.has(cause)) ? "failed" : "none";
}

type Times = Readonly<{ origination: number; connect: number; talk: number }>;

function readTimes(row: PresetRow<Field>): Times | ReturnType<typeof skip> {
  const read = readAllSeconds({ duration: row.text("duration") });
  if (isReason(read)) return read;
  const times = [row.text("origination"), row.text("connect")].map(Number);
  const [origination = Number.NaN, connect = Number.NaN] = times;
  if (!(origination > 0) || !Number.isFinite(connect)) {
    const text = `${row.text("origination")} ${row.text("connect")}`;
    return skip("invalid_date", `dateTimeOrigination and dateTimeConnect ${quoteValue(text)} are no epochs`);
  }
  return { origination, connect, talk: read.duration };
}

function toE164(cell: string, numbers: RowTools["numbers"]): string | null {
  const number = cell === "" ? null : numbers.toRemote(cell);
  return number?.startsWith("+") === true ? number : null;
}

function readRow(row: PresetRow<Field>, { numbers }: RowTools, devices: CucmDevices): RowReading {
  if (isTypeRow(row)) return null;
  if (row.text("recordType") === "2") return skip("cmr_record", "a record of voice quality");
  const times = readTimes(row);
  if ("kind" in times) return times;
  if (!/^\d+$/.test(row.text("callId"))) {
    return skip("malformed", `globalCallID_callId ${quoteValue(row.text("callId"))} is no number`);
  }
  const { origination, connect, talk } = times;
  const original = row.text("originalCalled");
  const final = row.text("finalCalled") === "" ? original : row.text("finalCalled");
  const isFromOutside = devices.isOutside(row.text("origDevice"), row.text("calling"));
  const isToOutside = devices.isOutside(row.text("destDevice"), final);
  const direction = isFromOutside ? "inbound" : isToOutside ? "outbound" : "internal";
  const sent = direction === "outbound" ? toE164(row.text("outpulsed"), numbers) : null;
  const from = isFromOutside ? numbers.toRemote(row.text("calling")) : numbers.toOwn(row.text("calling"));
  const dialled =
    direction === "outbound" ? numbers.toDialled(final) : numbers.toOwn(original === "" ? final : original);
  // A hunt pilot that nobody answered is the last number that was called.
  const called: CalledEnd =
    final === row.text("huntPilot") && final !== "" ? "machine" : devices.toCalledEnd(row.text("destDevice"), final);
  const manager = row.text("manager");
  const key = manager === "" ? row.text("callId") : `${manager}-${row.text("callId")}`;
  return {
    start: { epochMs: origination * 1000 },
    key,
    node: [row.text("cluster"), manager].filter((part) => part !== "").join("-"),
    direction,
    from,
    to: sent ?? dialled,
    called,
    ending: toEnding(row, connect > 0),
    talk: connect > 0 ? talk : 0,
    ring: connect > 0 ? Math.max(0, connect - origination) : 0,
    // A call that was sent on to the outside: as it was sent, else as it was dialled.
    agent: isToOutside ? (toE164(row.text("outpulsed"), numbers) ?? numbers.toDialled(final)) : numbers.toOwn(final),
    caller: isFromOutside ? null : from,
  };
}

const cdr: TablePreset<Field> = {
  id: "cisco-cucm-cdr",
  title: "Cisco CUCM call detail records",
  shape: {
    kind: "header",
    names: {
      recordType: ["cdrRecordType"],
      manager: ["globalCallID_callManagerId"],
      callId: ["globalCallID_callId"],
      cluster: ["globalCallId_ClusterID"],
      origination: ["dateTimeOrigination"],
      connect: ["dateTimeConnect"],
      disconnect: ["dateTimeDisconnect"],
      duration: ["duration"],
      pkid: ["pkid"],
      calling: ["callingPartyNumber"],
      originalCalled: ["originalCalledPartyNumber"],
      finalCalled: ["finalCalledPartyNumber"],
      origDevice: ["origDeviceName"],
      destDevice: ["destDeviceName"],
      origCause: ["origCause_value"],
      destCause: ["destCause_value"],
      huntPilot: ["huntPilotDN"],
      outpulsed: ["outpulsedCalledPartyNumber"],
    },
    required: ["recordType", "callId", "origination", "connect", "calling", "finalCalled", "duration"],
  },
  open: (tools) => {
    const devices = createCucmDevices(tools);
    return (row) => readRow(row, tools, devices);
  },
};

/** `cmr_…` files beside the calls: records of voice quality, no calls. */
const cmr: TablePreset<"recordType" | "directoryNum" | "stamp" | "lost"> = {
  id: "cisco-cucm-cdr",
  title: "Cisco CUCM records of voice quality",
  shape: {
    kind: "header",
    names: {
      recordType: ["cdrRecordType"],
      directoryNum: ["directoryNum"],
      stamp: ["dateTimeStamp"],
      lost: ["numberPacketsLost"],
    },
    required: ["recordType", "directoryNum", "stamp", "lost"],
  },
  open: () => (row) =>
    /^(?:INTEGER|VARCHAR)/i.test(row.text("recordType")) ? null : skip("cmr_record", "a record of voice quality"),
};

/**
 * Cisco Unified Communications Manager, flat files: names in line 1, types in line 2, columns matched by name (new ones are
 * appended). Times are epoch seconds. A call is cluster, call manager and call id; the id is used again after a reset.
 * (Cisco, CDR Administration Guide, CDR field descriptions)
 */
export const ciscoCucmCdr = createEitherFormat({ id: "cisco-cucm-cdr", title: "Cisco CUCM CDR (flat file)" }, [
  createTableFormat(cdr),
  createTableFormat(cmr),
]);
