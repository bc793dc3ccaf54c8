import type { CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readSeconds } from "../../presets/cell-values.ts";
import type { CalledEnd, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { findItems } from "../../records/json-items.ts";
import { createDirectionReader, createStatusReader, toFlatFacts } from "../flat-call/flat-call.ts";
import { isHelpCall } from "../flat-call/help-call.ts";
import { createItemFormat } from "../item-log/item-format.ts";
import { isObject, textAt, valueAt } from "../item-log/json-value.ts";
import { quoteValue, skip } from "../log-format.ts";
import { ringCentralResults } from "../ringcentral-call-log-csv/results.ts";

/** A number, else the extension; a party that shows only a name is withheld. */
const numberOf = (leg: unknown, side: "from" | "to"): string =>
  textAt(leg, `${side}.phoneNumber`, `${side}.extensionNumber`);

/** The extension whose leg this is; a leg to an extension's phone names it as its target. */
function toExtension(record: unknown, leg: unknown, side: "from" | "to", { numbers }: RowTools): string | null {
  const number = textAt(leg, `${side}.extensionNumber`) || textAt(record, `${side}.extensionNumber`);
  const own = number || textAt(leg, "extension.extensionNumber") || textAt(record, "extension.extensionNumber");
  if (own !== "") return numbers.isExtension(own) ? numbers.toOwn(own) : `ext:${own}`;
  const name = textAt(leg, `${side}.name`) || textAt(record, `${side}.name`);
  return name === "" ? null : name;
}

/** Legs of one record: the master covers the call, the legs to phones are its parts. */
function toCalledEnd(leg: unknown, status: CallStatus, hasParts: boolean): CalledEnd {
  if (status === "voicemail") return "voicemail";
  return hasParts && valueAt(leg, "master") === true ? "whole" : "person";
}

function createReader(tools: RowTools) {
  const { numbers } = tools;
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader(ringCentralResults);
  return (record: unknown, part: number): RowReading => {
    if (!isObject(record)) return skip("malformed", "the record is no object");
    const type = textAt(record, "type");
    if (type !== "" && !/voice/i.test(type)) return skip("non_call", `a record of type ${quoteValue(type)}`);
    const legs = valueAt(record, "legs");
    const list: readonly unknown[] = Array.isArray(legs) ? legs : [];
    const leg = list[part] ?? record;
    const told = readDirection(textAt(record, "direction"));
    if (told === null) return skip("malformed", `direction ${quoteValue(textAt(record, "direction"))} is not known`);
    const shown = textAt(leg, "duration");
    const talk = readSeconds("duration", shown);
    if (typeof talk !== "number") return talk;
    const status = readStatus(textAt(record, "result"), talk);
    if (typeof status !== "string") return status;
    const legStatus = list.length === 0 ? status : readStatus(textAt(leg, "result") || textAt(record, "result"), talk);
    if (typeof legStatus !== "string") return legStatus;
    const from = numberOf(record, "from");
    const to = numberOf(record, "to");
    const direction = !isHelpCall(told, to) && numbers.isExtension(from) && numbers.isExtension(to) ? "internal" : told;
    const isInbound = direction === "inbound";
    const extension = textAt(record, "from.extensionNumber");
    const own = numbers.toOwn(extension === "" ? from : extension);
    const facts = toFlatFacts({
      start: { text: textAt(leg, "startTime") || textAt(record, "startTime"), zone: "utc" },
      key: textAt(record, "sessionId", "telephonySessionId", "id") || null,
      direction,
      from: isInbound ? numbers.toRemote(from) : own,
      to: direction === "outbound" ? numbers.toDialled(to) : numbers.toOwn(to),
      status: legStatus,
      talk,
      agent: toExtension(record, leg, isInbound ? "to" : "from", tools),
      order: part,
      called: toCalledEnd(leg, legStatus, list.length > 1),
    });
    // Pages overlap and a record is written again when it changes: what tells legs apart is what they say.
    return { ...facts, rowText: [textAt(record, "id"), part, JSON.stringify(leg)].join("\u001f") };
  };
}

/**
 * RingCentral, call log of the API (`/call-log?view=Detailed`): times in UTC with milliseconds; records of one session are one
 * call; legs are nested. A party without number is withheld.
 * (developers.ringcentral.com, Call Log)
 */
export const ringCentralCallLogJson = createItemFormat({
  id: "ringcentral-call-log-json",
  title: "RingCentral call log (JSON)",
  find: ({ text }) => {
    if (!/^\s*[[{]/.test(text)) return null;
    if (!/"(?:telephonySessionId|sessionId)"\s*:/.test(text) || !/"startTime"\s*:/.test(text)) return null;
    if (!/"direction"\s*:\s*"(?:Inbound|Outbound)"/.test(text)) return null;
    const records = /"records"\s*:\s*\[/.test(text) ? "records" : (findItems(text)?.path ?? "");
    return {
      place: { kind: "json", path: records, parts: "legs" },
      detection: {
        score: 0.95,
        evidence: ["records with sessionId, startTime and direction, as RingCentral writes them"],
      },
    };
  },
  open: createReader,
});
