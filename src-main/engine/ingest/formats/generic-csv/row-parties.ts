import type { CallDirection, Party } from "../../../../../src-shared/domain/call-record.ts";
import type { PhoneNumbers } from "../../numbers/phone-numbers.ts";
import type { Columns } from "./plan.ts";
import { isHelpCall } from "../flat-call/help-call.ts";
import { isDirection, type ValueMeaning } from "./value-words.ts";

export type RowParties = Readonly<{ direction: CallDirection; from: Party; to: Party }>;

export type PartyQuestion = Readonly<{
  cells: readonly string[];
  columns: Columns;
  numbers: PhoneNumbers;
  /** Meanings of the direction and the status cell. */
  direction: ValueMeaning;
  status: ValueMeaning;
}>;

const cellOf = (cells: readonly string[], index: number): string => (index < 0 ? "" : (cells[index] ?? "").trim());

/** By the sides alone: own extensions first, then own numbers. Null when neither side is known to be ours. */
function guessDirection({ cells, columns, numbers, direction, status }: PartyQuestion): CallDirection | null {
  // Lists of telephones name the kind of call in one column: missed and voicemail are calls that came in.
  if (direction === "missed" || direction === "voicemail") return "inbound";
  const from = cellOf(cells, columns.from);
  const to = cellOf(cells, columns.to);
  if (columns.from >= 0 && columns.to >= 0) {
    const fromOwn = numbers.isExtension(from);
    const toOwn = numbers.isExtension(to);
    if (fromOwn && toOwn) return "internal";
    if (fromOwn) return "outbound";
    if (toOwn) return "inbound";
  }
  const fromOurs = numbers.isOwnNumber(from);
  const toOurs = numbers.isOwnNumber(to);
  if (fromOurs && toOurs) return "internal";
  if (fromOurs) return "outbound";
  if (toOurs || numbers.isOwnNumber(cellOf(cells, columns.did))) return "inbound";
  return direction === "unknown" && status === "voicemail" ? "inbound" : null;
}

function toInbound({ cells, columns, numbers }: PartyQuestion): RowParties {
  const outside = columns.remote >= 0 ? columns.remote : columns.from;
  const did = cellOf(cells, columns.did);
  const target = cellOf(cells, columns.to);
  return {
    direction: "inbound",
    from: numbers.toRemote(cellOf(cells, outside)),
    to: (did === "" ? null : numbers.toOwn(did)) ?? numbers.toOwn(target) ?? ownExtension(cells, columns, numbers),
  };
}

/** The extension that a column of extensions or agents names, for logs that have no column for our side. */
function ownExtension(cells: readonly string[], columns: Columns, numbers: PhoneNumbers): Party {
  const agent = cellOf(cells, columns.agent);
  return agent !== "" && numbers.isExtension(agent) ? numbers.toOwn(agent) : null;
}

function toOutbound({ cells, columns, numbers }: PartyQuestion): RowParties {
  const outside = columns.remote >= 0 ? columns.remote : columns.to;
  const own = cellOf(cells, columns.from);
  const from = own === "" ? null : numbers.toOwn(own);
  return {
    direction: "outbound",
    from:
      from?.startsWith("ext:") === true
        ? from
        : (ownExtension(cells, columns, numbers) ?? from ?? ownDid(cells, columns, numbers)),
    to: numbers.toDialled(cellOf(cells, outside)),
  };
}

const ownDid = (cells: readonly string[], columns: Columns, numbers: PhoneNumbers): Party => {
  const did = cellOf(cells, columns.did);
  return did === "" ? null : numbers.toOwn(did);
};

/** Two own extensions of one length talk inside, whatever the log calls it; a call for help goes out. */
function isBetweenExtensions({ cells, columns, numbers }: PartyQuestion): boolean {
  if (columns.from < 0 || columns.to < 0) return false;
  const from = numbers.toOwn(cellOf(cells, columns.from));
  const to = cellOf(cells, columns.to);
  const target = numbers.toOwn(to);
  if (from?.startsWith("ext:") !== true || target?.startsWith("ext:") !== true) return false;
  return from.length === target.length && !isHelpCall("outbound", to);
}

/** Direction and parties of a row, or null when nothing tells the direction. */
export function readParties(question: PartyQuestion): RowParties | null {
  const { cells, columns, numbers, direction } = question;
  const told = isDirection(direction) ? direction : guessDirection(question);
  const known = told !== null && isBetweenExtensions(question) ? "internal" : told;
  if (known === null) return null;
  if (known === "inbound") return toInbound(question);
  if (known === "outbound") return toOutbound(question);
  return {
    direction: "internal",
    from: numbers.toOwn(cellOf(cells, columns.from)) ?? ownExtension(cells, columns, numbers),
    to: numbers.toOwn(cellOf(cells, columns.remote >= 0 ? columns.remote : columns.to)),
  };
}
