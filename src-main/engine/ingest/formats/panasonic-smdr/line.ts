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

/** Last places of the extension and of the line: patterns and loggers move them by a few. */
const lastOfExtension = 22;
const lastOfLine = 27;
const partiesFrom = 16;

type Parties = Readonly<{ ext: string; line: string; dial: string }>;

/** Who, on which line, to whom: by words, because patterns A, B and C have them at places of their own. Any may be blank. */
function readParties(text: string): Parties {
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    word,
    place: partiesFrom + index + 1,
    index,
  }));
  let at = 0;
  let ext = "";
  if ((words[0]?.place ?? lastOfExtension + 1) <= lastOfExtension) {
    ext = words[0]?.word ?? "";
    at = 1;
    // A line of DISA or a doorphone has a letter before its number.
    if (/^[A-Z]$/i.test(ext) && /^\d{2,4}$/.test(words[1]?.word ?? "")) {
      ext = `${ext} ${words[1]?.word ?? ""}`;
      at = 2;
    }
  }
  const next = words[at];
  const isLine = next !== undefined && /^\d{2,4}$/.test(next.word) && next.place <= lastOfLine && at + 1 < words.length;
  const dial = words[isLine ? at + 1 : at];
  return { ext, line: isLine ? next.word : "", dial: dial === undefined ? "" : text.slice(dial.index).trim() };
}

/** Reads a line: date 1-8, time 10-16, then the parties, the ringing and the length of the call. Null where it is none. */
export function readSmdrLine(text: string): SmdrLine | null {
  const day = text.slice(0, 8);
  const time = text.slice(9, 16).trim();
  if (!date.test(day) || !(clock.test(time) || time.startsWith("**"))) return null;
  const found = length.exec(text.slice(24));
  const at = found === null ? text.length : 24 + found.index;
  const before = text.slice(partiesFrom, at);
  const ring = ringing.exec(before);
  return {
    date: day,
    time,
    ...readParties(ring === null ? before : before.slice(0, ring.index)),
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
