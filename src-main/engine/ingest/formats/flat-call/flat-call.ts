import type { CallDirection, CallStatus, Party } from "../../../../../src-shared/domain/call-record.ts";
import type { PhoneNumbers } from "../../numbers/phone-numbers.ts";
import { createWords } from "../../presets/cell-values.ts";
import type { CalledEnd, Ending, RowFacts, RowStart } from "../../presets/row-facts.ts";
import { createWordReader, isStatus } from "../generic-csv/value-words.ts";
import { quoteValue, skip, type SkippedOutcome } from "../log-format.ts";
import { isHelpCall } from "./help-call.ts";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";

/** A call that a cloud system, a mobile phone or a router writes as one row: it says itself how the call ended. */
export type FlatCall = Readonly<{
  start: RowStart;
  /** The log's own key, null where it has none. */
  key: string | null;
  direction: CallDirection;
  status: CallStatus;
  from: Party;
  to: Party;
  /** Seconds of talk; counted only where somebody answered. */
  talk: number;
  /** Seconds from start to answer, where the log tells. */
  ring?: number;
  /** Who of ours talked or dialled, as it is shown to people. */
  agent: string | null;
  /** Raw texts of duration and agent, for calls without key. */
  identity?: readonly string[];
  order?: number;
  /** Default: a person, or a mailbox by the status. */
  called?: CalledEnd;
}>;

const endings: Readonly<Record<CallStatus, Ending>> = {
  answered: "answered",
  voicemail: "answered",
  missed: "none",
  busy: "busy",
  failed: "failed",
};

const toShownStart = (start: RowStart): string =>
  "epochMs" in start ? String(start.epochMs) : `${start.text} ${start.time ?? ""}`;

/** A row without key is the same as another by what its call is known by; columns that people edit later do not count. */
function toRowText(call: FlatCall): string {
  const { start, direction, status, from, to, identity = [] } = call;
  return [toShownStart(start), direction, status, from ?? "", to ?? "", ...identity].join("\u001f");
}

/** The facts of a row that is a whole call (or a leg whose call has others). */
export function toFlatFacts(call: FlatCall): RowFacts {
  const { start, key, direction, status, from, to, talk, ring = 0, agent, identity, order } = call;
  const called = call.called ?? (status === "voicemail" ? "voicemail" : "person");
  return {
    start,
    key,
    direction,
    from,
    to,
    called,
    ending: endings[status],
    talk: status === "answered" ? talk : 0,
    ring,
    ...(direction === "inbound" ? { agent } : { caller: agent }),
    ...(order === undefined ? {} : { order }),
    ...(identity === undefined ? {} : { identity }),
    ...(key === null ? { rowText: toRowText(call) } : {}),
  };
}

type OwnWords = Readonly<Partial<Record<CallStatus | "ringing" | "other", readonly string[]>>>;

/**
 * Reads a status in the words of one product, then in those that many use. A word that nobody knows says nothing: the
 * seconds of talk tell then. Rows of calls that are not over, and of faxes and texts, give no leg.
 */
export function createStatusReader(own: OwnWords = {}): (cell: string, talk: number) => CallStatus | SkippedOutcome {
  const table: Record<string, readonly string[]> = { ...own };
  const readOwn = createWords(table);
  const readCommon = createWordReader();
  return (cell, talk) => {
    const meaning = readOwn(cell) ?? readCommon(cell);
    if (meaning === "ringing") return skip("in_progress", `the call is not over: ${quoteValue(cell)}`);
    if (meaning === "other") return skip("non_call", `${quoteValue(cell)} is no call`);
    const known = (["answered", "missed", "busy", "failed", "voicemail"] as const).find((status) => status === meaning);
    if (known !== undefined && isStatus(known)) return known;
    return talk > 0 ? "answered" : "missed";
  };
}

/** Reads a direction column in seven languages; null for a word that is none. */
export function createDirectionReader(): (cell: string) => CallDirection | null {
  const read = createWordReader();
  return (cell) => {
    const meaning = read(cell);
    return meaning === "inbound" || meaning === "outbound" || meaning === "internal" ? meaning : null;
  };
}

export type Sides = Readonly<{ direction: CallDirection; from: string; to: string }>;

/** Both parties by direction; a call between two extensions is internal, whatever its row says. */
export function toParties(
  { direction: told, from, to }: Sides,
  numbers: PhoneNumbers,
): Readonly<{ direction: CallDirection; from: Party; to: Party }> {
  const direction = !isHelpCall(told, to) && numbers.isExtension(from) && numbers.isExtension(to) ? "internal" : told;
  if (direction === "inbound") return { direction, from: numbers.toRemote(from), to: numbers.toOwn(to) };
  const caller = numbers.toOwn(from);
  return { direction, from: caller, to: direction === "outbound" ? numbers.toDialled(to) : numbers.toOwn(to) };
}

/** The number of the phone itself, for logs that show the other side only. */
export const readOwnNumber = ({ ownNumber, ownNumbers }: SourceSettings): string => ownNumber ?? ownNumbers?.[0] ?? "";

/** An own extension as `ext:NNN`, else the name as written; null where there is none. */
export function toAgent(cell: string, numbers: PhoneNumbers): string | null {
  if (cell === "") return null;
  return numbers.isExtension(cell) ? numbers.toOwn(cell) : cell;
}
