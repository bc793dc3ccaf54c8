import { readSeconds } from "../../presets/cell-values.ts";
import type { CalledEnd, RowReading, RowStart } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { skip } from "../log-format.ts";
import { readBridgeTarget, readLegParties, toEnding, toUnbridgedEnd, type BridgeTarget } from "./leg-facts.ts";

/** Variables of a channel by name; "" for one that is not set. */
export type ChannelVariables = (name: string) => string;

/** Values are percent-encoded unless switched off; what does not decode was not encoded. */
export function decodeValue(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function readStart(text: ChannelVariables, talk: number): RowStart | null {
  const epoch = Number(text("start_epoch"));
  if (epoch > 0) return { epochMs: epoch * 1000 };
  const micro = Number(text("start_uepoch"));
  if (micro > 0) return { epochMs: micro / 1000 };
  if (text("start_stamp") !== "") return { text: text("start_stamp"), end: text("end_stamp") };
  const end = Number(text("end_epoch"));
  return end > 0 ? { epochMs: (end - talk) * 1000 } : null;
}

const ringOf = (text: ChannelVariables): number => {
  const start = Number(text("start_epoch"));
  const answer = Number(text("answer_epoch"));
  return start > 0 && answer > start ? answer - start : 0;
};

/** A leg that another one dialled: it names the one it came from. */
function isDialledLeg(text: ChannelVariables): boolean {
  const origin = text("originating_leg_uuid");
  if (origin !== "") return origin !== text("uuid");
  return text("direction") === "outbound" && text("call_uuid") !== "" && text("call_uuid") !== text("uuid");
}

function toCalledEnd(text: ChannelVariables, isDialled: boolean): CalledEnd {
  if (isDialled) return "person";
  // The leg that dialled covers the whole call; with whom it talked is told by the dialled legs, where they are logged.
  return text("bridge_uuid") === "" ? toUnbridgedEnd(text("last_app")) : "whole";
}

function findAgent(text: ChannelVariables, target: BridgeTarget, { numbers }: RowTools): string | null {
  const user = text("dialed_user") === "" ? (target.extension ?? "") : text("dialed_user");
  if (user === "") return null;
  return numbers.isExtension(user) ? numbers.toOwn(user) : user;
}

/** What a file of `mod_xml_cdr` or `mod_json_cdr` says of its leg. The channel's own `direction` is the view of the switch. */
export function readChannel(text: ChannelVariables, tools: RowTools): RowReading {
  const uuid = text("uuid");
  if (uuid === "") return skip("malformed", "the leg has no uuid");
  const talk = readSeconds("billsec", text("billsec"));
  if (typeof talk !== "number") return talk;
  const start = readStart(text, talk);
  if (start === null) return skip("invalid_date", "the leg has no start");
  const isDialled = isDialledLeg(text);
  const target = readBridgeTarget(text("last_app"), text("last_arg"));
  const parties = readLegParties(
    {
      callerNumber: text("caller_id_number"),
      destination: text("destination_number"),
      context: text("context"),
      told: "",
      user: text("user_name"),
      target,
    },
    tools,
  );
  const group = text("call_uuid") === "" ? text("originating_leg_uuid") : text("call_uuid");
  return {
    start,
    key: group === "" ? uuid : group,
    ...parties,
    called: toCalledEnd(text, isDialled),
    ending: toEnding(talk, text("hangup_cause")),
    talk,
    ring: ringOf(text),
    agent: parties.direction === "outbound" ? null : findAgent(text, target, tools),
    caller: parties.direction === "inbound" ? null : parties.from,
    ...(isDialled ? { order: 1 } : {}),
  };
}
