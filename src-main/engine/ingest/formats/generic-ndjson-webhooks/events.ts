import { isObject, textAt, valueAt } from "../item-log/json-value.ts";

/** What an event says apart from what it carries. `kind`: over, not over yet, of something else, or a call without event. */
export type CallEvent = Readonly<{ kind: "ended" | "running" | "other" | "plain"; name: string; call: unknown }>;

const endings =
  /(?:ended|end|completed|complete|hungup|hangup|hang_up|finished|terminated|missed|voicemail_left|disconnected)$/i;
const runnings =
  /(?:created|initiated|started|ringing|ring|answered|connected|hold|unheld|queued|calling|in_progress|transferred|assigned|bridged|dialing|dialling|initial)$/i;

/** What comes of a call after its end, or is added to it, is no news of the call itself. */
const extra = /[.:/_](?:recordings?|transcriptions?|transcripts?|summar(?:y|ies)|comments?|notes?|tags?)(?:[.:/_]|$)/i;

/** The object that an envelope carries: `data`, `data.object`, `data.payload`, `payload`, `call` … */
function findCall(line: object): unknown {
  for (const path of [
    "data.object",
    "data.payload",
    "data.call",
    "data",
    "payload.call",
    "payload",
    "call",
    "object",
  ]) {
    const inner = valueAt(line, path);
    if (isObject(inner)) return inner;
  }
  return line;
}

/** The name of an event and the call in it. An event about anything but a call is `other`. */
export function readEvent(line: object): CallEvent {
  const name = textAt(line, "event", "type", "event_type", "eventType", "data.event_type", "event_name", "state");
  const call = findCall(line);
  const resource = textAt(line, "resource") || textAt(call, "object", "resource");
  if (name === "") return { kind: "plain", name, call };
  const last = name.split(/[.:/]/).at(-1) ?? name;
  const isOther = /^(?:contact|message|sms|mms|user|number|conversation|recording|transcription|fax|integration)/i;
  if (isOther.test(name) || extra.test(name) || (resource !== "" && !/call/i.test(resource)))
    return { kind: "other", name, call };
  if (endings.test(last)) return { kind: "ended", name, call };
  if (runnings.test(last)) return { kind: "running", name, call };
  return { kind: /call/i.test(last) && line === call ? "plain" : "other", name, call };
}
