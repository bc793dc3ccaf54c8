/** The parts of a line of Mitel SMDR as text. */
export type SmdrLine = Readonly<{
  month: number;
  day: number;
  /** `hh:mm` or `hh:mm:ss`, 24 hours. */
  time: string;
  duration: string;
  calling: string;
  /** Seconds to answer, `***` when nobody did, or "". */
  answer: string;
  digits: string;
  completion: string;
  called: string;
  /** T for a transfer, C for a conference. */
  change: string;
  third: string;
  /** Number of the caller, where ANI/DNIS reporting is on; else "". */
  ani: string;
  /** The number that the caller dialled, likewise. */
  dnis: string;
}>;

/** Width of the places of parties: four digits, seven in the extended form. */
export type PartyWidth = 4 | 7;

const head = /^([ %+*-]?)(\d\d)\/(\d\d)\s(\d\d:\d\d(?::\d\d)?)([pPaA]?)\s{1,3}(\d\d{1,3}:\d\d:\d\d)\s/;

const answerPlace = /^(?:\d{3}|\*{3}|\s{3})$/;
const completionPlace = /^[A-Z\s]$/;

/** 24 hours of a clock of twelve: a P stands behind the afternoon. */
function toTime(text: string, half: string): string {
  const hour = Number(text.slice(0, 2));
  if (/p/i.test(half)) return `${String((hour % 12) + 12).padStart(2, "0")}${text.slice(2)}`;
  return /a/i.test(half) && hour === 12 ? `00${text.slice(2)}` : text;
}

/** Where a line ends without the numbers of ANI/DNIS reporting. */
const lineEnds: Readonly<Record<PartyWidth, number>> = { 4: 90, 7: 101 };

/** Both numbers stand behind everything else. A single one is the caller's. */
function readAni(tail: string): Readonly<{ ani: string; dnis: string }> {
  const found = /^\s*(\d{7,15})(?:\s+(\d{3,15}))?\s*$/.exec(tail);
  return { ani: found?.[1] ?? "", dnis: found?.[2] ?? "" };
}

/** Reads a line; the parties' places begin behind the duration. Null where the line has not that form. */
export function readSmdrLine(text: string, width: PartyWidth): SmdrLine | null {
  const found = head.exec(text);
  if (found === null) return null;
  const [whole, , month, day, time = "", half = "", duration = ""] = found;
  const rest = text.slice(whole.length).padEnd(80);
  const answer = rest.slice(width + 1, width + 4);
  const digitsAt = width + 5;
  const completion = rest.slice(digitsAt + 27, digitsAt + 28);
  if (!answerPlace.test(answer) || !completionPlace.test(completion)) return null;
  const calledAt = digitsAt + 29;
  const changeAt = calledAt + width;
  return {
    month: Number(month),
    day: Number(day),
    time: toTime(time, half),
    duration,
    calling: rest.slice(0, width).trim(),
    answer: answer.trim(),
    digits: rest.slice(digitsAt, digitsAt + 26).trim(),
    completion: completion.trim(),
    called: rest.slice(calledAt, changeAt).trim(),
    change: rest.slice(changeAt, changeAt + 1).trim(),
    third: rest.slice(changeAt + 1, changeAt + 1 + width).trim(),
    ...readAni(text.slice(lineEnds[width])),
  };
}

/** The width that most lines have, or null. */
export function findWidth(lines: readonly string[]): Readonly<{ width: PartyWidth; fitting: number }> | null {
  const tried = ([4, 7] as const).map((width) => ({
    width,
    fitting: lines.filter((text) => {
      const line = readSmdrLine(text, width);
      return line !== null && isParty(line.calling) && isParty(line.called);
    }).length,
  }));
  const best = tried.toSorted((left, right) => right.fitting - left.fitting)[0];
  return best === undefined || best.fitting === 0 ? null : best;
}

/** An extension, a trunk (`T101`), an attendant (`ATT1`), or nothing. */
const isParty = (text: string): boolean => /^(?:[TX]?\d{1,7}|ATT\d*)?$/i.test(text);

export const isTrunk = (party: string): boolean => /^[TX]\d+$/i.test(party);
