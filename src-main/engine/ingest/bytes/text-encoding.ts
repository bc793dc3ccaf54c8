import iconv from "iconv-lite";
import { LogRefusedError } from "../log-refused.ts";
import { describeBinary } from "./file-signature.ts";

/** How bytes become text. `unit`: bytes of one code unit (2 in UTF-16), which line ends are aligned to. */
export type TextEncoding = Readonly<{ name: string; unit: 1 | 2; bomLength: number }>;

type Bom = Readonly<{ bytes: readonly number[]; name: string; unit: 1 | 2 }>;

const boms: readonly Bom[] = [
  { bytes: [0xef, 0xbb, 0xbf], name: "utf-8", unit: 1 },
  { bytes: [0xff, 0xfe], name: "utf-16le", unit: 2 },
  { bytes: [0xfe, 0xff], name: "utf-16be", unit: 2 },
];

/** How much of a file is probed for being UTF-8. */
export const probeBytes = 1024 * 1024;

const empty = () => new LogRefusedError("empty", "The file is empty: nothing was written to it yet.");

function refuseBinary(head: Uint8Array): void {
  const binary = describeBinary(head.subarray(0, 512));
  if (binary !== undefined) throw new LogRefusedError("binary", binary);
}

/** UTF-16 without a mark shows as a NUL in (nearly) every second byte of Latin text; single NULs elsewhere are dirt. */
function toUtf16Guess(head: Uint8Array): TextEncoding | undefined {
  let even = 0;
  let odd = 0;
  for (let at = 0; at < head.length; at += 1) {
    if (head[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const pairs = Math.floor(head.length / 2);
  if (pairs < 2) return undefined;
  if (odd > pairs * 0.4 && even < pairs * 0.1) return { name: "utf-16le", unit: 2, bomLength: 0 };
  if (even > pairs * 0.4 && odd < pairs * 0.1) return { name: "utf-16be", unit: 2, bomLength: 0 };
  return undefined;
}

/** Refuses what is mostly control characters: a binary in disguise that has no known first bytes. */
function refuseControls(head: Uint8Array): void {
  let controls = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
  if (controls > head.length * 0.2) throw new LogRefusedError("binary", "This is binary data, not a text file.");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function toConfigured(setting: string, bomLength: number): TextEncoding {
  const name = setting.trim().toLowerCase();
  if (/^utf-?16(le)?$/.test(name)) return { name: "utf-16le", unit: 2, bomLength };
  if (/^utf-?16be$/.test(name)) return { name: "utf-16be", unit: 2, bomLength };
  if (/^utf-?8$/.test(name)) return { name: "utf-8", unit: 1, bomLength };
  if (/utf-?(7|32)|ucs-?4/.test(name) || !iconv.encodingExists(name)) {
    throw new LogRefusedError("settings", `Unknown encoding "${setting}". Known are for example utf-8, windows-1252.`);
  }
  return { name, unit: 1, bomLength };
}

/**
 * Decides the encoding from the beginning of a file: a byte order mark wins, then the setting, then strict UTF-8 over
 * the probe, else Windows-1252. Throws `LogRefusedError` when the file is empty or not text.
 */
export function detectEncoding(probe: Uint8Array, setting?: string): TextEncoding {
  if (probe.length === 0) throw empty();
  refuseBinary(probe);
  const bom = boms.find(({ bytes }) => bytes.every((byte, at) => probe[at] === byte));
  if (bom !== undefined) {
    if (probe.length === bom.bytes.length) throw empty();
    return { name: bom.name, unit: bom.unit, bomLength: bom.bytes.length };
  }
  if (setting !== undefined) return toConfigured(setting, 0);
  const head = probe.subarray(0, 4096);
  const wide = toUtf16Guess(head);
  if (wide !== undefined) return wide;
  refuseControls(head.filter((byte) => byte !== 0));
  if (head.every((byte) => byte === 0)) throw new LogRefusedError("binary", "The file holds only zero bytes.");
  if (isUtf8(probe)) return { name: "utf-8", unit: 1, bomLength: 0 };
  return { name: "windows-1252", unit: 1, bomLength: 0 };
}

/** Bytes to text. Bytes that the encoding does not have become U+FFFD, they never stop the file. */
export function decodeText(encoding: TextEncoding, bytes: Buffer): string {
  if (encoding.name === "utf-8") return bytes.toString("utf8");
  if (encoding.name === "utf-16le") return bytes.toString("utf16le");
  return iconv.decode(bytes, encoding.name, { stripBOM: false });
}
