import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { createTextCache } from "../../numbers/text-cache.ts";

/** What stands at one end of a row: an own extension, a line to the outside, or a device known by name only. */
export type Device =
  | Readonly<{ kind: "none" }>
  | Readonly<{ kind: "extension"; number: string }>
  | Readonly<{ kind: "trunk"; name: string }>
  | Readonly<{ kind: "named"; name: string; looksLikeTrunk: boolean }>;

const none: Device = { kind: "none" };

/** Names that administrators give to lines to the outside. */
const trunkWords =
  /trunk|provider|gateway|(^|[-_])gw\d*($|[-_])|voip|pstn|isdn|carrier|uplink|sipgate|twilio|telnyx|upstream|outbound|amt|(^|[-_])sbc/i;

/** Drivers of lines that carry calls of the whole office. `DAHDI/i1/…` is a span, `DAHDI/5-1` may be a telephone. */
const spanTech = /^(?:mISDN|CAPI|vpb|ooh323|H323|OOH323|Khomp|Dongle|Quectel)$/i;

const isHex = (code: number): boolean => (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);

/** Cuts the number of the channel off: `PJSIP/202-00000124`, `Local/203@queue-0000001a;1`. */
function toDeviceText(channel: string): string {
  const part = channel.lastIndexOf(";");
  const text = part > 0 ? channel.slice(0, part) : channel;
  const dash = text.lastIndexOf("-");
  if (dash <= 0 || dash === text.length - 1) return text;
  for (let at = dash + 1; at < text.length; at += 1) if (!isHex(text.charCodeAt(at))) return text;
  return text.slice(0, dash);
}

type Rules = Readonly<{ trunks: ReadonlySet<string>; isExtension: (digits: string) => boolean }>;

function toNamed(tech: string, name: string, { trunks, isExtension }: Rules): Device {
  const bare = name.split("@")[0] ?? name;
  if (trunks.has(name.toLowerCase()) || trunks.has(bare.toLowerCase())) return { kind: "trunk", name: bare };
  if (trunks.has(`${tech}/${name}`.toLowerCase())) return { kind: "trunk", name: bare };
  if (spanTech.test(tech)) return { kind: "trunk", name };
  if (/^(?:DAHDI|Zap)$/i.test(tech) && /^(?:i\d+|g\d+|r\d+|pseudo)(?:\/|$)/i.test(name)) return { kind: "trunk", name };
  if (isExtension(bare) && !/^(?:DAHDI|Zap)$/i.test(tech)) return { kind: "extension", number: bare };
  const isAccount = /^\+?\d{6,}$/.test(bare);
  return { kind: "named", name: bare, looksLikeTrunk: isAccount || trunkWords.test(name) };
}

/** Reads the device of a channel name such as `PJSIP/202-00000124`; answers are remembered by device. */
export function createDeviceReader(settings: SourceSettings, isExtension: (digits: string) => boolean) {
  const trunks = new Set((settings.trunkNames ?? []).map((name) => name.toLowerCase()));
  const read = createTextCache((device): Device => {
    const slash = device.indexOf("/");
    if (slash < 0) return toNamed("", device, { trunks, isExtension });
    return toNamed(device.slice(0, slash), device.slice(slash + 1), { trunks, isExtension });
  });
  return (channel: string): Device => (channel === "" ? none : read(toDeviceText(channel)));
}

const sipScheme = /^sips?:/;

/** Where a Dial application sent a call: `TECH/number@peer`, `TECH/peer/number` or `TECH/peer`. */
export type DialTarget = Readonly<{ peer: string; number: string | null }>;

/** Without the further targets (`&`) and arguments (`,`, in old versions `|`). */
function cutArguments(lastdata: string): string {
  for (let at = 0; at < lastdata.length; at += 1) {
    const code = lastdata.charCodeAt(at);
    if (code === 44 || code === 38 || code === 124) return lastdata.slice(0, at);
  }
  return lastdata;
}

/** Reads the first target of the arguments of Dial. */
export function readDialTarget(lastdata: string): DialTarget | null {
  const first = cutArguments(lastdata);
  const slash = first.indexOf("/");
  if (slash < 0) return null;
  const rest = first.slice(slash + 1);
  const at = rest.lastIndexOf("@");
  if (at > 0) {
    const number = rest.slice(0, at).replace(sipScheme, "");
    return { peer: rest.slice(at + 1), number: /\d/.test(number) ? number : null };
  }
  const next = rest.indexOf("/");
  if (next < 0) return { peer: rest, number: null };
  // PJSIP/peer/sip:number@host
  const number = rest.slice(next + 1).replace(sipScheme, "");
  return { peer: rest.slice(0, next), number: /\d/.test(number) ? number : null };
}
