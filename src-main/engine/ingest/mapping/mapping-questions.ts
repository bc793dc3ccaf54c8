import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { MappingQuestion } from "../../../../src-shared/ipc/mapping-views.ts";
import { isClockOpen } from "../formats/generic-csv/office-clock.ts";
import type { Columns } from "../formats/generic-csv/plan.ts";
import type { ValueMeaning } from "../formats/generic-csv/value-words.ts";
import type { PhoneNumbers } from "../numbers/phone-numbers.ts";
import { readHeaderNote } from "../records/header-words.ts";
import { holdsDay, readTimeCell } from "../time/timestamp.ts";
import { nameColumn, type MappedTable } from "./mapped-columns.ts";

export type QuestionParts = Readonly<{
  table: MappedTable;
  columns: Columns;
  settings: SourceSettings;
  numbers: PhoneNumbers;
  readWord: (cell: string) => ValueMeaning;
  /** The whole file was asked, and leaves the order of day and month open. */
  isOrderOpen: boolean;
}>;

const cellsOf = ({ rows }: MappedTable, index: number): readonly string[] =>
  index < 0 ? [] : rows.map(({ cells }) => (cells[index] ?? "").trim()).filter((cell) => cell !== "");

const nameOf = ({ header }: MappedTable, index: number): string => nameColumn(header, index);

/** A column that is missing, and how to name it. */
function askForColumns({ table, columns }: QuestionParts): readonly MappingQuestion[] {
  const lacks = [
    ...(columns.start < 0 ? (["start", "tells when a call began"] as const) : []),
    ...(columns.from < 0 && columns.to < 0 && columns.remote < 0
      ? (["remote", "holds the number of the other side"] as const)
      : []),
  ];
  const [field, what] = lacks;
  if (field === undefined || what === undefined) return [];
  const used = new Set(Object.values(columns));
  return [
    {
      id: "columns",
      question: `Which column ${what}?`,
      answers: table.profiles
        .filter(({ index, filled }) => !used.has(index) && filled > 0)
        .slice(0, 8)
        .map(({ index }) => {
          const column = nameOf(table, index);
          return {
            means: `${column}, such as ${JSON.stringify(cellsOf(table, index)[0] ?? "")}`,
            option: `--column ${JSON.stringify(`${field}=${table.header.length === 0 ? index + 1 : column}`)}`,
            settings: { columns: { [field]: table.header.length === 0 ? String(index + 1) : column } },
          };
        }),
      blocks: true,
    },
  ];
}

function askForOrder({ table, columns, settings, isOrderOpen }: QuestionParts): readonly MappingQuestion[] {
  if (!isOrderOpen || settings.dateOrder !== undefined) return [];
  const sample =
    cellsOf(table, columns.start).find((cell) => {
      const read = readTimeCell(cell);
      return read !== null && read.kind === "text" && holdsDay(read);
    }) ?? "";
  return [
    {
      id: "dateOrder",
      question: `Is ${JSON.stringify(sample)} in column "${nameOf(table, columns.start)}" the day first or the month first?`,
      answers: [
        { means: "the day first", option: "--date-order DMY", settings: { dateOrder: "DMY" } },
        { means: "the month first", option: "--date-order MDY", settings: { dateOrder: "MDY" } },
      ],
      blocks: true,
    },
  ];
}

function askForClock({ table, columns, settings }: QuestionParts): readonly MappingQuestion[] {
  if (settings.clock !== undefined || columns.start < 0 || !isClockOpen(table.rows, columns)) return [];
  return [
    {
      id: "clock",
      question: "No time is past 12:59 or at midnight. Did the clock of twelve hours lose its AM and PM?",
      answers: [
        { means: "no, the times are right as written", option: "--clock 24h", settings: { clock: "24h" } },
        { means: "yes: hours 1 to 6 are afternoon", option: "--clock 12h-office", settings: { clock: "12h-office" } },
      ],
      blocks: true,
    },
  ];
}

/** `1:30` is a minute and a half, or an hour and a half: only a header, an end or a third part tells. */
function askForUnit({ table, columns, settings }: QuestionParts): readonly MappingQuestion[] {
  const index = columns.talk >= 0 ? columns.talk : columns.duration;
  const cells = cellsOf(table, index).filter((cell) => !/^[0:.,]+$/.test(cell));
  if (settings.durationUnit !== undefined || cells.length === 0 || columns.end >= 0) return [];
  const header = table.header[index] ?? "";
  if (readHeaderNote(header).unit !== null || /[hms]{1,2}:[ms]{2}/i.test(header)) return [];
  const answer = (unit: string, means: string) => ({
    means,
    option: `--duration ${unit}`,
    settings: { durationUnit: unit },
  });
  const shown = JSON.stringify(cells[0] ?? "");
  const question = `What does the length ${shown} in column "${nameOf(table, index)}" count?`;
  if (cells.every((cell) => /^\d{1,2}:\d\d$/.test(cell))) {
    const answers = [answer("m:ss", "minutes and seconds"), answer("h:mm", "hours and minutes")];
    return [{ id: "durationUnit", question, answers, blocks: false }];
  }
  if (!cells.some((cell) => /^\d+[.,]\d+$/.test(cell))) return [];
  const answers = [answer("minutes", "minutes with decimals"), answer("seconds", "seconds with decimals")];
  return [{ id: "durationUnit", question, answers, blocks: false }];
}

/** Words of the direction and status columns that nobody knows: each needs a meaning. */
function askForWords({ table, columns, readWord }: QuestionParts): readonly MappingQuestion[] {
  const unknown = (index: number) =>
    [...new Set(cellsOf(table, index))].filter((cell) => readWord(cell) === "unknown").slice(0, 5);
  const ask = (index: number, meanings: readonly string[], blocks: boolean): readonly MappingQuestion[] =>
    unknown(index).map((word) => ({
      id: "words" as const,
      question: `What does ${JSON.stringify(word)} in column "${nameOf(table, index)}" mean?`,
      answers: meanings.map((meaning) => ({
        means: meaning,
        option: `--word ${JSON.stringify(`${word}=${meaning}`)}`,
        settings: { words: { [word]: meaning } },
      })),
      blocks,
    }));
  return [
    ...ask(columns.direction, ["inbound", "outbound", "internal"], true),
    ...ask(columns.status, ["answered", "missed", "busy", "failed", "voicemail", "other"], false),
  ];
}

/** Without a direction column the own side has to be known: by its extensions, or by the own numbers. */
function askForDirection({ table, columns, numbers, settings }: QuestionParts): readonly MappingQuestion[] {
  if (columns.direction >= 0 || columns.start < 0) return [];
  const isOwn = (cell: string): boolean => numbers.isExtension(cell) || numbers.isOwnNumber(cell);
  const open = table.rows.filter(({ cells }) => {
    const sides = [columns.from, columns.to, columns.remote].map((at) => (at < 0 ? "" : (cells[at] ?? "").trim()));
    return !sides.some((cell) => cell !== "" && isOwn(cell));
  });
  if (open.length === 0) return [];
  const count = new Map<string, number>();
  for (const { cells } of table.rows) {
    for (const at of [columns.from, columns.to]) {
      const cell = at < 0 ? "" : (cells[at] ?? "").trim();
      if (cell !== "") count.set(cell, (count.get(cell) ?? 0) + 1);
    }
  }
  const frequent = [...count].toSorted((left, right) => right[1] - left[1]).slice(0, 3);
  return [
    {
      id: "direction",
      question:
        `Which numbers are yours? No column tells the direction, and in ${open.length} of ${table.rows.length} rows ` +
        `neither side is one of your extensions or numbers${settings.ownNumbers === undefined ? "" : " that you named"}.`,
      answers: frequent.map(([number, times]) => ({
        means: `${number} is ours (it is in ${times} rows)`,
        option: `--own-number ${JSON.stringify(number)}`,
        settings: { ownNumbers: [number] },
      })),
      blocks: true,
    },
  ];
}

/** All that the data leaves open, what blocks first. */
export function findQuestions(parts: QuestionParts): readonly MappingQuestion[] {
  const questions = [askForColumns, askForOrder, askForClock, askForDirection, askForWords, askForUnit].flatMap((ask) =>
    ask(parts),
  );
  return questions.toSorted((left, right) => Number(right.blocks) - Number(left.blocks));
}
