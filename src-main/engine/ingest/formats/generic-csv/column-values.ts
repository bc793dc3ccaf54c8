import type { LogRecord } from "../../records/log-record.ts";
import { readNumberText } from "../../numbers/number-text.ts";
import { holdsDay, holdsTime, readTimeCell } from "../../time/timestamp.ts";
import { readDuration } from "../../time/duration.ts";
import { isDirection, isStatus, type ValueMeaning } from "./value-words.ts";
import { noColumns, type Columns } from "./plan.ts";

/** What the values of one column look like, as shares of its cells that are not empty. */
export type ColumnProfile = Readonly<{
  index: number;
  filled: number;
  /** A date with a time of day; `epoch`: a bare number that can be one, but also a telephone number. */
  moment: number;
  epoch: number;
  day: number;
  time: number;
  phone: number;
  longPhone: number;
  duration: number;
  clock: number;
  direction: number;
  status: number;
  distinct: number;
}>;

const most = 0.8;
const secondsStyle = { unit: "s", colonIsHours: false } as const;

const share = (cells: readonly string[], fits: (cell: string) => boolean): number =>
  cells.length === 0 ? 0 : cells.filter(fits).length / cells.length;

const isPhone = (cell: string): boolean => {
  const text = readNumberText(cell);
  return text.kind === "withheld" || text.kind === "dialled";
};

const isLongPhone = (cell: string): boolean => {
  const text = readNumberText(cell);
  return text.kind === "dialled" && text.digits.length >= 7 && text.digits.length <= 17;
};

/** Looks at the values of every column of the rows at the beginning. */
export function profileColumns(
  rows: readonly LogRecord[],
  width: number,
  readWord: (cell: string) => ValueMeaning,
): readonly ColumnProfile[] {
  return Array.from({ length: width }, (_, index) => {
    const cells = rows.map((row) => row.cells[index]?.trim() ?? "").filter((cell) => cell !== "");
    const times = cells.map(readTimeCell);
    const isEpoch = times.filter((time) => time?.kind === "instant").length;
    const isBoth = times.filter((time) => time !== null && holdsDay(time) && holdsTime(time)).length - isEpoch;
    const isDay = times.filter((time) => time !== null && holdsDay(time) && !holdsTime(time)).length;
    const isTime = times.filter((time) => time !== null && !holdsDay(time) && holdsTime(time)).length;
    const count = Math.max(1, cells.length);
    return {
      index,
      filled: cells.length,
      moment: isBoth / count,
      epoch: isEpoch / count,
      day: isDay / count,
      time: isTime / count,
      phone: share(cells, isPhone),
      longPhone: share(cells, isLongPhone),
      duration: share(cells, (cell) => readDuration(cell, secondsStyle) !== null),
      clock: share(cells, (cell) => /^\d{1,2}:\d\d(:\d\d)?$/.test(cell)),
      direction: share(cells, (cell) => isDirection(readWord(cell))),
      status: share(cells, (cell) => isStatus(readWord(cell))),
      distinct: new Set(cells).size,
    };
  });
}

/** The column or pair of columns that tell when, among those whose header may mean it. */
export function chooseStart(
  profiles: readonly ColumnProfile[],
  candidates: readonly number[],
): Readonly<{ start: number; time: number }> | null {
  const asked = candidates.flatMap((index) => profiles[index] ?? []);
  const both = asked.find(({ moment }) => moment >= 0.5);
  if (both !== undefined) return { start: both.index, time: -1 };
  const day = asked.find((profile) => profile.day >= 0.5);
  const time = asked.find((profile) => profile.time >= 0.5 && profile.index !== day?.index);
  if (day !== undefined && time !== undefined) return { start: day.index, time: time.index };
  const epoch = asked.find((profile) => profile.epoch + profile.moment >= 0.5);
  return epoch === undefined ? null : { start: epoch.index, time: -1 };
}

function chooseParties(profiles: readonly ColumnProfile[], used: ReadonlySet<number>): Partial<Columns> | null {
  const phones = profiles.filter((profile) => {
    if (used.has(profile.index) || profile.filled === 0) return false;
    return profile.phone >= most && profile.clock < 0.5 && (profile.longPhone > 0 || profile.distinct > 1);
  });
  const long = phones.filter(({ longPhone }) => longPhone >= 0.2);
  const [first, second] = long;
  if (first !== undefined && second !== undefined) return { from: first.index, to: second.index };
  if (first === undefined) return null;
  // One column of outside numbers and, beside it, one of extensions only.
  const beside = phones.find(({ index, longPhone }) => longPhone === 0 && Math.abs(index - first.index) === 1);
  if (beside === undefined) return { remote: first.index };
  return beside.index < first.index ? { from: beside.index, to: first.index } : { from: first.index, to: beside.index };
}

/** Guesses the columns of a table without header by their values alone, or null where too little is certain. */
export function guessColumns(profiles: readonly ColumnProfile[]): Columns | null {
  const when = chooseStart(
    profiles,
    profiles.map(({ index }) => index),
  );
  if (when === null) return null;
  const used = new Set([when.start, when.time]);
  const direction = profiles.find((profile) => !used.has(profile.index) && profile.direction >= most);
  if (direction !== undefined) used.add(direction.index);
  const status = profiles.find((profile) => !used.has(profile.index) && profile.status >= most && profile.phone < most);
  if (status !== undefined) used.add(status.index);
  const parties = chooseParties(profiles, used);
  if (parties === null) return null;
  for (const index of Object.values(parties)) used.add(index);
  const durations = profiles.filter(
    ({ index, duration, filled }) => !used.has(index) && filled > 0 && duration >= most,
  );
  const duration = durations.find(({ clock }) => clock >= 0.5) ?? durations[0];
  return {
    ...noColumns,
    ...when,
    ...parties,
    direction: direction?.index ?? -1,
    status: status?.index ?? -1,
    duration: duration?.index ?? -1,
  };
}
