import type { CallDirection, Party } from "../../../../../src-shared/domain/call-record.ts";
import type { PhoneNumbers } from "../../numbers/phone-numbers.ts";
import { column } from "./columns.ts";
import { readDialTarget, type Device, type DialTarget } from "./devices.ts";

/** Who talks to whom in one row. `answerer`: who it would be that talked, on the called side. */
export type RowParties = Readonly<{
  direction: CallDirection;
  from: Party;
  to: Party;
  caller: string | null;
  answerer: string | null;
}>;

export type PartyReader = Readonly<{
  numbers: PhoneNumbers;
  readDevice: (channel: string) => Device;
  /** `toInside` of the numbers, remembered. */
  readInside: (dst: string) => Party;
}>;

const outsideContext = /trunk|pstn|(^|[-_])did([-_]|$)|inbound|incoming|external|outside|public|provider/i;
const insideContext = /internal|outbound|outgoing|phones|users|office|intern/i;

/** Dialplan words that are no destination anybody dialled. */
const pseudoDestination = /^(?:s|h|i|t|o|a|e|fax|failed|hangup|hang|start|talk)$/i;

const cell = (cells: readonly string[], at: number): string => cells[at] ?? "";

/** The number of a caller id `"Name" <number>` when the source column is empty. */
function readSource(cells: readonly string[]): string {
  const src = cell(cells, column.src);
  if (src !== "") return src;
  return /<([^<>]*)>\s*$/.exec(cell(cells, column.clid))?.[1] ?? "";
}

type CallerAsk = Readonly<{ device: Device; src: string; context: string; told: CallDirection | null }>;

function isCallerOutside({ device, src, context, told }: CallerAsk, numbers: PhoneNumbers): boolean {
  if (device.kind === "trunk") return true;
  if (device.kind === "extension") return false;
  if (device.kind === "named" && device.looksLikeTrunk) return true;
  if (told !== null) return told === "inbound";
  if (outsideContext.test(context) && !insideContext.test(context)) return true;
  return !numbers.isExtension(src) && (src !== "" || !insideContext.test(context));
}

function isCalledOutside(device: Device, target: DialTarget | null, dst: string, numbers: PhoneNumbers): boolean {
  if (device.kind === "trunk") return true;
  if (device.kind === "extension") return false;
  if (target !== null && target.number !== null) return !numbers.isExtension(target.number) || device.kind === "named";
  if (device.kind === "named") return device.looksLikeTrunk;
  if (target !== null) return false;
  return /^\+?\d+$/.test(dst) && !numbers.isExtension(dst);
}

/**
 * The number that was sent on the line. It has no outside-line prefix any more, unless the dialplan sent what was dialled:
 * cut again, an international number would lose its first digit where the prefix is 0.
 */
function toSent(sent: string, dst: string, numbers: PhoneNumbers): Party {
  const remote = sent === dst ? null : numbers.toRemote(sent);
  return remote?.startsWith("+") === true ? remote : numbers.toDialled(sent);
}

/** The outside number of an outgoing row: what was sent on the line, else what was dialled less the outside prefix. */
function toOutside(target: DialTarget | null, dst: string, numbers: PhoneNumbers): Party {
  const sent = target === null || target.number === null ? null : toSent(target.number, dst, numbers);
  if (sent?.startsWith("+") === true) return sent;
  const dialled = pseudoDestination.test(dst) ? null : numbers.toDialled(dst);
  return sent === null || dialled?.startsWith("+") === true ? dialled : sent;
}

/** Inside destination as dialled: an extension, a group, a queue, or a mailbox (`vmu204`). */
export function toInside(dst: string, numbers: PhoneNumbers): Party {
  if (pseudoDestination.test(dst)) return null;
  const mailbox = /^vm[a-z]?(\d+)$/i.exec(dst);
  return numbers.toOwn(mailbox?.[1] ?? dst);
}

const toAgent = (device: Device): string | null => {
  if (device.kind === "extension") return `ext:${device.number}`;
  return device.kind === "named" && !device.looksLikeTrunk ? device.name : null;
};

const dialling = new Set(["dial", "queue", "followme"]);

const isDial = (cells: readonly string[]): boolean => {
  const app = cell(cells, column.lastapp);
  return app === "Dial" || dialling.has(app.toLowerCase());
};

function readInbound(cells: readonly string[], called: Device, { numbers, readInside }: PartyReader): RowParties {
  const isLine = called.kind === "trunk" || (called.kind === "named" && called.looksLikeTrunk);
  const target = isLine && isDial(cells) ? readDialTarget(cell(cells, column.lastdata)) : null;
  const forwarded = target === null || target.number === null ? null : numbers.toDialled(target.number);
  const answerer = toAgent(called) ?? forwarded;
  return {
    direction: "inbound",
    from: numbers.toRemote(readSource(cells)),
    to: readInside(cell(cells, column.dst)) ?? (called.kind === "extension" ? answerer : null),
    caller: null,
    answerer,
  };
}

/**
 * Tells the direction of a row and its parties by the devices at both ends, then by what a product on top of Asterisk says
 * of it (`told`), then by contexts and numbers.
 */
export function readParties(
  cells: readonly string[],
  reader: PartyReader,
  told: CallDirection | null = null,
): RowParties {
  const { numbers, readDevice, readInside } = reader;
  const calling = readDevice(cell(cells, column.channel));
  const called = readDevice(cell(cells, column.dstchannel));
  const src = readSource(cells);
  const context = cell(cells, column.dcontext);
  if (isCallerOutside({ device: calling, src, context, told }, numbers)) return readInbound(cells, called, reader);

  const dst = cell(cells, column.dst);
  const target = isDial(cells) ? readDialTarget(cell(cells, column.lastdata)) : null;
  const isTold = told !== null && called.kind === "named";
  const isOutbound = isTold ? told === "outbound" : isCalledOutside(called, target, dst, numbers);
  const from = calling.kind === "extension" ? `ext:${calling.number}` : numbers.toOwn(src);
  const named = calling.kind === "named" ? calling.name : null;
  const caller = from?.startsWith("ext:") === true ? from : (named ?? from);
  if (isOutbound) {
    return { direction: "outbound", from, to: toOutside(target, dst, numbers), caller, answerer: caller };
  }
  const to = readInside(dst) ?? toAgent(called);
  return { direction: "internal", from, to, caller, answerer: toAgent(called) };
}
