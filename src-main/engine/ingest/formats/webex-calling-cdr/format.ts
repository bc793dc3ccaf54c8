import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { isReason, readAllSeconds, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { skip } from "../log-format.ts";

type Field =
  | ("start" | "answer" | "duration" | "calling" | "called" | "user" | "correlation" | "direction" | "callType")
  | ("answered" | "userType" | "report" | "outcome" | "reason" | "ring" | "release" | "dialled");

/** Users that are no person: what they answer is a queue, a menu, an anchor of a leg. */
const machineUsers =
  /queue|hunt|attendant|anchor|announcement|broadworksanywhere|bridge|vmr|conference|group|paging|park|trunk|routelist|gateway/i;

/** Reasons of an outcome that say that the number or the network is at fault, whatever the outcome is called. */
const failedReasons =
  /unalloc|unassign|invalid|out\s?of\s?order|congest|no\s?route|changed|barred|resource|temporary|not\s?found|incompatible/i;
const unansweredReasons = /no\s?answer|reject|declin|cancel|abandon|alert|absent|timer|timeout|normal|originator/i;

const readText = (cell: string): string => (/^(?:na|n\/a|null|unrecogni[sz]ed)$/i.test(cell) ? "" : cell);

function toCalledEnd(userType: string): CalledEnd {
  if (/voice\s?mail/i.test(userType)) return "voicemail";
  return machineUsers.test(userType) ? "machine" : "person";
}

function toEnding(row: PresetRow<Field>, talk: number): Ending {
  if (/^(?:true|yes)$/i.test(row.text("answered")) || (!row.has("answered") && talk > 0)) return "answered";
  const reason = row.text("reason");
  if (/busy/i.test(reason)) return "busy";
  if (failedReasons.test(reason)) return "failed";
  return /^fail/i.test(row.text("outcome")) && !unansweredReasons.test(reason) ? "failed" : "none";
}

/** The call's direction: the log's own one is the view of the leg, and an internal call has one of each. */
function toDirection(row: PresetRow<Field>, tools: RowTools): CallDirection {
  const { numbers } = tools;
  const isOriginating = /^orig/i.test(row.text("direction"));
  if (!/enterprise/i.test(row.text("callType"))) return isOriginating ? "outbound" : "inbound";
  if (isOriginating) return "internal";
  // A leg within the organisation of a call that came from outside: a queue's agent, a transfer.
  const calling = readText(row.text("calling"));
  return numbers.isExtension(calling) || numbers.isOwnNumber(calling) || calling === "" ? "internal" : "inbound";
}

function readRow(row: PresetRow<Field>, tools: RowTools): RowReading {
  const { numbers } = tools;
  const lengths = readAllSeconds({ Duration: row.text("duration"), "Ring duration": readText(row.text("ring")) });
  if (isReason(lengths)) return lengths;
  const key = readKey(row.text("correlation"));
  if (key === null) return skip("malformed", "the row has no Correlation ID");
  const direction = toDirection(row, tools);
  const calling = readText(row.text("calling"));
  const target = readText(row.text("called"));
  const from = direction === "inbound" ? numbers.toRemote(calling) : numbers.toOwn(calling);
  const to = direction === "outbound" ? numbers.toDialled(target) : numbers.toOwn(target);
  const user = readText(row.text("user"));
  const isOriginating = /^orig/i.test(row.text("direction"));
  // The one who dialled is a person, whatever answers; only the other view tells what that is.
  const called = isOriginating && direction === "internal" ? "whole" : toCalledEnd(row.text("userType"));
  const isInner = /enterprise/i.test(row.text("callType"));
  const ending = toEnding(row, lengths.Duration);
  return {
    start: { text: row.text("start"), zone: "utc", end: row.text("release") },
    key,
    direction,
    from,
    to,
    called,
    ending,
    talk: ending === "answered" ? lengths.Duration : 0,
    ring: lengths["Ring duration"],
    agent: isOriginating || user === "" ? null : user,
    caller: isOriginating ? (user === "" ? from : user) : null,
    // The leg from outside comes first where both began within a second.
    ...(isInner && !isOriginating ? { order: 1 } : {}),
    rowText: [
      readText(row.text("report")),
      row.text("start"),
      row.text("duration"),
      row.text("answered"),
      calling,
      target,
    ]
      .concat(row.text("direction"), user)
      .join("\u001f"),
  };
}

const preset: TablePreset<Field> = {
  id: "webex-calling-cdr",
  title: "Cisco Webex Calling Detailed Call History (CSV)",
  shape: {
    kind: "header",
    names: {
      start: ["Start time"],
      answer: ["Answer time"],
      duration: ["Duration"],
      calling: ["Calling number"],
      called: ["Called number"],
      user: ["User"],
      correlation: ["Correlation ID"],
      direction: ["Direction"],
      callType: ["Call type"],
      answered: ["Answered"],
      userType: ["User type"],
      report: ["Report ID"],
      outcome: ["Call outcome"],
      reason: ["Call outcome reason"],
      ring: ["Ring duration"],
      release: ["Release time"],
      dialled: ["Dialed digits"],
    },
    required: ["start", "duration", "calling", "called", "correlation", "direction", "callType"],
  },
  open: (tools) => (row) => readRow(row, tools),
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Cisco Webex Calling, Detailed Call History: columns by name, times UTC, one row per leg; legs share the Correlation ID,
 * rows that reports overlap in share the Report ID.
 * (developer.webex.com, Webex Calling Detailed Call History)
 */
export const webexCallingCdr = createTableFormat(preset);
