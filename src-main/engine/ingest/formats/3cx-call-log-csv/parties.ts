import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import type { CalledEnd } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";

const mailbox = /^\s*(?:voice\s?mail|v\.?mail|mailbox|anrufbeantworter|messagerie|buz[oó]n)\b/i;
const machine = /\b(?:ivr|digital receptionist|digitaler empfang|main menu|call flow)\b/i;

/** What a party's name says of the end of the line: `Voice Mail of Dan (204)`, `VMail (205)`. */
export function toNamedEnd(party: string): CalledEnd {
  if (mailbox.test(party)) return "voicemail";
  return machine.test(party) ? "machine" : "person";
}

/** Direction by which side has the form of an own extension. */
export function guessDirection(from: string, to: string, { numbers }: RowTools): CallDirection {
  const isFromOwn = numbers.isExtension(from);
  if (isFromOwn && numbers.isExtension(to)) return "internal";
  return isFromOwn ? "outbound" : "inbound";
}

export type Sides = Readonly<{ from: string | null; to: string | null }>;

export function readSides(direction: CallDirection, from: string, to: string, { numbers }: RowTools): Sides {
  return {
    from: direction === "inbound" ? numbers.toRemote(from) : numbers.toOwn(from),
    to: direction === "outbound" ? numbers.toDialled(to) : numbers.toOwn(to),
  };
}

/** An extension of a party, or its name where it has none. */
export function toAgent(party: string, { numbers }: RowTools): string | null {
  if (numbers.isExtension(party)) return numbers.toOwn(party);
  const name = party.trim();
  return name === "" || numbers.toRemote(name) !== null ? null : name;
}
