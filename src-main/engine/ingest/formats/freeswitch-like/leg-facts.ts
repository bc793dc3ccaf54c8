import type { CallDirection, Party } from "../../../../../src-shared/domain/call-record.ts";
import type { CalledEnd, Ending } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";

const outsideContext = /public|inbound|incoming|external|outside|pstn|trunk|provider/i;

/** Hang-up causes (switch_call_cause_t) that say that the network or the number is at fault. */
const failedCauses =
  /UNALLOCATED|NO_ROUTE|INVALID|CONGESTION|TEMPORARY_FAILURE|OUT_OF_ORDER|REQUESTED_CHAN_UNAVAIL|RECOVERY_ON_TIMER|BARRED|INCOMPATIBLE|BEARERCAPABILITY|SERVICE_|FACILITY_|NUMBER_CHANGED|PROTOCOL_ERROR|INTERWORKING|MANDATORY_IE|GATEWAY_DOWN|CHAN_NOT_IMPLEMENTED|CALL_PROTOCOL|CRASH|SYSTEM_SHUTDOWN|EXCHANGE_ROUTING/;

/** How a leg of so many seconds of talk and that cause ended. */
export function toEnding(billsec: number, cause: string): Ending {
  if (billsec > 0) return "answered";
  const word = cause.toUpperCase();
  if (/USER_BUSY|^BUSY/.test(word)) return "busy";
  return failedCauses.test(word) ? "failed" : "none";
}

/** Whom an application was sent to: `user/202`, `sofia/gateway/trunk/2125550112`, `[leg_timeout=20]user/201@domain`. */
export type BridgeTarget = Readonly<{ extension: string | null; gateway: string | null; number: string | null }>;

const noTarget: BridgeTarget = { extension: null, gateway: null, number: null };

/** Reads the argument of `bridge`. Several targets at once name nobody. */
export function readBridgeTarget(app: string, argument: string): BridgeTarget {
  if (!/^bridge$/i.test(app) || argument === "") return noTarget;
  const bare = argument.replaceAll(/\[[^\]]*\]|\{[^}]*\}|<[^>]*>/g, "");
  const gateway = /sofia\/gateway\/([^/,|]+)\/([^,|@:]+)/i.exec(bare);
  if (gateway !== null) return { extension: null, gateway: gateway[1] ?? null, number: gateway[2] ?? null };
  const users = [...bare.matchAll(/(?:user|sofia\/[^/,|]+)\/(?:sip:)?([^,|@:]+)/gi)].map((found) => found[1] ?? "");
  const different = new Set(users);
  return different.size === 1 ? { ...noTarget, extension: users[0] ?? null } : noTarget;
}

/** What FreeSWITCH says of the leg that dialled, from whichever of its logs. */
export type FreeSwitchLeg = Readonly<{
  callerNumber: string;
  destination: string;
  context: string;
  /** Direction as a product on top of FreeSWITCH says it, or "". */
  told: string;
  /** The user that is registered at the calling end, "" for a line. */
  user: string;
  target: BridgeTarget;
}>;

export type LegParties = Readonly<{ direction: CallDirection; from: Party; to: Party }>;

function toDirection(leg: FreeSwitchLeg, { numbers }: RowTools): CallDirection {
  if (/^in/i.test(leg.told)) return "inbound";
  if (/^out/i.test(leg.told)) return "outbound";
  if (/^local|^internal/i.test(leg.told)) return "internal";
  const isOwn = leg.user !== "" || numbers.isExtension(leg.callerNumber);
  const isOutside = outsideContext.test(leg.context) || (!isOwn && leg.callerNumber !== "");
  if (isOutside && leg.user === "") return "inbound";
  if (leg.target.gateway !== null) return "outbound";
  // Star codes are services of the own system.
  return numbers.isExtension(leg.destination) || leg.destination.startsWith("*") ? "internal" : "outbound";
}

/** Parties of a call by its A-leg. */
export function readLegParties(leg: FreeSwitchLeg, tools: RowTools): LegParties {
  const { numbers } = tools;
  const direction = toDirection(leg, tools);
  if (direction === "inbound") {
    return { direction, from: numbers.toRemote(leg.callerNumber), to: numbers.toOwn(leg.destination) };
  }
  const from = numbers.toOwn(numbers.isExtension(leg.callerNumber) || leg.user === "" ? leg.callerNumber : leg.user);
  if (direction === "internal") return { direction, from, to: numbers.toOwn(leg.destination) };
  const sent = leg.target.number;
  const outside = sent === null || sent === leg.destination ? null : numbers.toRemote(sent);
  return { direction, from, to: outside?.startsWith("+") === true ? outside : numbers.toDialled(leg.destination) };
}

/** What a leg without partner talked to, by the application that held it last. */
export function toUnbridgedEnd(app: string): CalledEnd {
  return /^voicemail/i.test(app) ? "voicemail" : "machine";
}
