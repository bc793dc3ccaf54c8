import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { readKey, readSeconds } from "../../presets/cell-values.ts";
import type { RowReading, RowStart } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createDirectionReader, createStatusReader, toAgent, toFlatFacts, toParties } from "../flat-call/flat-call.ts";
import { readMoment, secondsBetween } from "../flat-call/instant.ts";
import { createItemFormat } from "../item-log/item-format.ts";
import { isOwnOutput } from "../item-log/own-output.ts";
import { isObject, textAt, valueAt } from "../item-log/json-value.ts";
import { quoteValue, skip, type LogSample } from "../log-format.ts";
import { readEvent } from "./events.ts";

/** The names that services give to the same thing, the most telling first. */
const names = {
  id: ["id", "call_id", "callId", "call_sid", "CallSid", "sid", "uuid", "call_control_id", "call_uuid"],
  direction: ["direction", "call_direction", "callDirection"],
  status: ["status", "result", "state", "call_status", "disposition", "outcome"],
  from: [
    "from",
    "from.number",
    "from.phoneNumber",
    "from_number",
    "fromNumber",
    "caller",
    "caller_number",
    "caller_id",
  ],
  to: ["to", "to.number", "to.phoneNumber", "to_number", "toNumber", "callee", "called_number", "destination"],
  remote: ["raw_digits", "external_number", "contact.phone", "contact_number", "contact.number", "client_number"],
  own: ["number.digits", "internal_number", "justcall_number", "line_number", "phone_number", "own_number"],
  start: ["started_at", "startedAt", "createdAt", "created_at", "start_time", "startTime", "date_started", "start"],
  answer: ["answered_at", "answeredAt", "answer_time", "answerTime", "date_connected", "connected_at"],
  end: ["ended_at", "endedAt", "completedAt", "completed_at", "end_time", "endTime", "date_ended", "hangup_at"],
  talk: ["talk_time", "talkTime", "talk_duration", "billsec", "duration_in_call"],
  duration: ["duration", "total_duration", "call_duration"],
  voicemail: ["voicemail", "voicemail_url", "voicemailUrl", "voicemail_link", "voicemail.url"],
  agent: [
    "user.name",
    "agent.name",
    "agent_name",
    "user_name",
    "target.name",
    "answeredBy",
    "user.email",
    "userId",
    "agent",
    "user",
  ],
} as const;

const isFilled = (text: string): boolean => text !== "" && !/^(?:null|none|false|0)$/i.test(text);

function toStart(text: string, { zone }: RowTools): RowStart {
  const moment = readMoment(text, zone);
  if (moment === null) return { text };
  return { epochMs: moment.at, precision: moment.precision, alternatives: moment.alternatives };
}

type Sides = Readonly<{ direction: CallDirection; from: string; to: string }>;

function readSides(call: unknown, direction: CallDirection): Sides {
  const remote = textAt(call, ...names.remote);
  const own = textAt(call, ...names.own);
  const isInbound = direction === "inbound";
  const from = textAt(call, ...names.from) || (isInbound ? remote : own);
  const to = textAt(call, ...names.to) || (isInbound ? own : remote);
  return { direction, from, to };
}

function createReader(tools: RowTools) {
  const { numbers, zone } = tools;
  const readDirection = createDirectionReader();
  const readStatus = createStatusReader({ missed: ["canceled"], answered: ["done", "hangup", "ended"] });
  return (line: unknown): RowReading => {
    if (!isObject(line)) return skip("malformed", "the line is no object");
    const { kind, name, call } = readEvent(line);
    if (kind === "other") return skip("non_call", `the event ${quoteValue(name)} is not the end of a call`);
    if (kind === "running") return skip("in_progress", `the call was not over: ${quoteValue(name)}`);
    const told = textAt(call, ...names.direction);
    const direction = readDirection(told);
    if (direction === null) return skip("malformed", `direction ${quoteValue(told)} is not known`);
    const answer = textAt(call, ...names.answer);
    const end = textAt(call, ...names.end);
    const start = textAt(call, ...names.start);
    const shown = textAt(call, ...names.talk) || textAt(call, ...names.duration);
    const length = readSeconds("duration", shown);
    if (typeof length !== "number") return length;
    const between = secondsBetween(answer, end, zone);
    // Where the events tell when somebody answered, a duration may hold the ringing.
    const tellsAnswer = names.answer.some((path) => valueAt(call, path) !== undefined);
    const isRinging = tellsAnswer && isFilled(end) && !isFilled(answer) && textAt(call, ...names.talk) === "";
    const talk = between ?? (isRinging ? 0 : length);
    const word = readStatus(textAt(call, ...names.status), talk);
    if (typeof word !== "string") return word;
    const isMessage = isFilled(textAt(call, ...names.voicemail));
    const unanswered: CallStatus = isMessage ? "voicemail" : word === "answered" ? "missed" : word;
    const agent = textAt(call, ...names.agent);
    const facts = toFlatFacts({
      start: toStart(start, tools),
      key: readKey(textAt(call, ...names.id)),
      ...toParties(readSides(call, direction), numbers),
      status: talk > 0 && word === "answered" ? "answered" : unanswered,
      talk,
      ring: between === null ? 0 : (secondsBetween(start, answer, zone) ?? 0),
      agent: toAgent(agent, numbers),
      identity: [shown, agent],
    });
    // Services tell the end of a call more than once; what says the same of it again is the same row.
    const said = [facts.key, start, answer, end, shown, word, isMessage, facts.direction, facts.from, facts.to, agent];
    return facts.key === null ? facts : { ...facts, rowText: said.join("\u001f") };
  };
}

const judgedLines = 20;

function readLines({ text, isWhole }: LogSample): readonly unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const complete = isWhole ? lines : lines.slice(0, -1);
  return complete.slice(0, judgedLines).flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return [value];
    } catch {
      return [];
    }
  });
}

/**
 * Events of a cloud system as its webhooks send them, a line of JSON each (NDJSON): of the events of one call that which
 * says its end counts; events of anything else are no calls. Times are epochs or ISO 8601.
 */
export const genericNdjsonWebhooks = createItemFormat({
  id: "generic-ndjson-webhooks",
  title: "Webhook events or calls, one JSON object a line (NDJSON)",
  find: (sample) => {
    if (!/^\s*\{/.test(sample.text)) return null;
    const objects = readLines(sample)
      .filter(isObject)
      .filter((line) => !isOwnOutput(line));
    const [first] = sample.text.trimStart().split("\n", 1);
    if (objects.length === 0 || !/\}\s*$/.test(first ?? "")) return null;
    const calls = objects.filter((line) => {
      const { call } = readEvent(line);
      return textAt(call, ...names.direction) !== "" && textAt(call, ...names.start) !== "";
    });
    if (calls.length === 0) return null;
    return {
      place: { kind: "lines" },
      detection: {
        score: 0.9,
        evidence: [`${calls.length} of ${objects.length} lines are JSON objects with a direction and a start`],
      },
    };
  },
  open: createReader,
});
