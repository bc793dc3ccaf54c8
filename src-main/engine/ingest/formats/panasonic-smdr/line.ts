/** The parts of a line of Panasonic SMDR as text. */
export type SmdrLine = Readonly<{
  date: string;
  time: string;
  ext: string;
  line: string;
  dial: string;
  /** `m'ss`; "" in the pattern that prints the cost instead. */
  ring: string;
  duration: string;
  /** What stands behind the duration: cost, account, condition. */
  rest: string;
}>;

const date = /^(\d\d\/\d\d\/\d\d|\d\d[.-]\d\d[.-]\d\d|\*\*\/\*\*\/\*\*)$/;
const clock = /^\d{1,2}:\d\d\s?(?:[AP]M?)?$/i;
/** `hh:mm'ss`, the widest thing that every pattern prints at its own place. */
const length = /(\d{1,2}:\d\d'\d\d)/;
const ringing = /(\d{1,2}'\d\d)\s*$/;

/** Where the dial number begins: the line number has two places in pattern A and B, four in pattern C. */
const dialPlaces = { narrow: 26, wide: 28 } as const;
const widePlace = 65;

/** Reads a line by its places: date 1-8, time 10-16, extension 18-22, line from 24; the rest by the length of the call. */
export function readSmdrLine(text: string): SmdrLine | null {
  const day = text.slice(0, 8);
  const time = text.slice(9, 16).trim();
  if (!date.test(day) || !(clock.test(time) || time.startsWith("**"))) return null;
  const found = length.exec(text.slice(24));
  const at = found === null ? text.length : 24 + found.index;
  const isWide = found !== null && at > widePlace;
  const from = isWide ? dialPlaces.wide : dialPlaces.narrow;
  const before = text.slice(from, at);
  const ring = ringing.exec(before);
  return {
    date: day,
    time,
    ext: text.slice(17, 22).trim(),
    line: text.slice(23, from - 1).trim(),
    dial: (ring === null ? before : before.slice(0, ring.index)).trim(),
    ring: ring?.[1] ?? "",
    duration: found?.[1] ?? "",
    rest: found === null ? "" : text.slice(at + found[0].length),
  };
}

/** The head of a page: names of the columns, or the line below them. */
export const isPageHeader = (text: string): boolean =>
  /^\s*Date\s+Time\s+Ext/i.test(text) || /^[\s\f]*-[-\s]*$/.test(text) || /^[\s\f]*=[=\s]*$/.test(text);

/** What is printed in place of a number where nobody telephoned. */
export const isNoCall = (dial: string): boolean =>
  /^(?:log\s?(?:in|out)|check\s?(?:in|out)|timed\s?rem|wake|room\s|mini\s?bar|cleaned|alarm|error|print|tie\s?err)/i.test(
    dial,
  );

export type Dialled =
  | Readonly<{ kind: "incoming"; number: string; did: string }>
  | Readonly<{ kind: "intercom"; extension: string }>
  | Readonly<{ kind: "outgoing"; number: string }>;

/** Reads `<I>number`, `<D>did<I>number`, `EXT203` or a dialled number with its pauses and marks. */
export function readDialled(dial: string): Dialled {
  const incoming = /^(?:<D>([^<]*))?\s*<I>(.*)$/i.exec(dial);
  if (incoming !== null) {
    return { kind: "incoming", did: (incoming[1] ?? "").trim(), number: toNumber(incoming[2] ?? "") };
  }
  const direct = /^<D>(.*)$/i.exec(dial);
  if (direct !== null) return { kind: "incoming", did: (direct[1] ?? "").trim(), number: "" };
  const intercom = /^EXT\.?\s*(\d+)/i.exec(dial);
  if (intercom !== null) return { kind: "intercom", extension: intercom[1] ?? "" };
  return { kind: "outgoing", number: toNumber(dial) };
}

/** Digits behind a pause were dialled into the call; signals and the mark of a transfer are none. */
function toNumber(text: string): string {
  const number = text.trim().replace(/^-+|-+$/g, "");
  // A hidden number says nothing; the common reader knows masks of several signs only.
  if (/^\+?\d*[.Xx]+\d*$/.test(number) && /[.Xx]/.test(number)) return "***";
  return /^[\d+*#=FPRT\s-]+$/i.test(number) ? number.replace(/[PT].*$/i, "").replaceAll(/[=FR-]/gi, "") : number;
}
