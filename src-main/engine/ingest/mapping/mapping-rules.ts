import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { MappingProposal } from "../../../../src-shared/ipc/mapping-views.ts";
import { isClockOpen } from "../formats/generic-csv/office-clock.ts";
import type { Columns, Plan } from "../formats/generic-csv/plan.ts";
import { isDirection, type ValueMeaning } from "../formats/generic-csv/value-words.ts";
import { readZone } from "../log-file.ts";
import type { PhoneNumbers } from "../numbers/phone-numbers.ts";
import { readHeaderNote } from "../records/header-words.ts";
import { readTimeCell } from "../time/timestamp.ts";
import { nameColumn, type MappedTable } from "./mapped-columns.ts";

export type RuleParts = Readonly<{
  table: MappedTable;
  columns: Columns;
  settings: SourceSettings;
  plan: Plan | null;
  isOrderOpen: boolean;
  readWord: (cell: string) => ValueMeaning;
}>;

type Weighed = MappingProposal["dateOrder"];

const open = (evidence: string): Weighed => ({ value: null, confidence: 0, evidence: [evidence] });
const told = (value: string): Weighed => ({ value, confidence: 1, evidence: ["you named it"] });

const cellsOf = ({ rows }: MappedTable, index: number): readonly string[] =>
  index < 0 ? [] : rows.map(({ cells }) => (cells[index] ?? "").trim()).filter((cell) => cell !== "");

export function describeOrder({ table, columns, settings, plan, isOrderOpen }: RuleParts): Weighed {
  if (settings.dateOrder !== undefined) return told(settings.dateOrder);
  if (isOrderOpen)
    return open("every date can be read both ways, and neither the sorting nor the file's own time tells");
  if (plan === null) return open("no column with dates was found");
  const numbers = cellsOf(table, columns.start).flatMap((cell) => {
    const read = readTimeCell(cell);
    return read?.kind === "text" && read.stamp.date?.order === null ? [read.stamp.date] : [];
  });
  if (numbers.length === 0)
    return { value: "YMD", confidence: 1, evidence: ["the dates say themselves which part is what"] };
  const proof = numbers.find(({ first, second }) => Math.max(first, second) > 12);
  if (proof === undefined) {
    const evidence = ["only in this order are the rows sorted, or older than the file; or its language writes it so"];
    return { value: plan.dateOrder, confidence: 0.7, evidence };
  }
  return {
    value: plan.dateOrder,
    confidence: 1,
    evidence: [`${Math.max(proof.first, proof.second)} can only be a day`],
  };
}

export function describeClock({ table, columns, settings }: RuleParts): Weighed {
  if (settings.clock !== undefined) return told(settings.clock);
  if (columns.start < 0) return open("no column with times was found");
  if (isClockOpen(table.rows, columns)) return open("no time is past 12:59 or at midnight, and none has AM or PM");
  return { value: "24h", confidence: 1, evidence: ["times go past noon, or have AM and PM"] };
}

export function describeZone({ table, columns, settings }: RuleParts): Weighed {
  const header = table.header[columns.start] ?? "";
  if (readHeaderNote(header).isUtc) {
    return { value: "UTC", confidence: 1, evidence: [`the column is named ${JSON.stringify(header)}`] };
  }
  const reads = cellsOf(table, columns.start).map(readTimeCell);
  const isStated = (read: (typeof reads)[number]): boolean =>
    read?.kind === "instant" || (read?.kind === "text" && read.stamp.offset !== null);
  if (reads.length > 0 && reads.every(isStated)) {
    return { value: "UTC", confidence: 1, evidence: ["every time states its own offset"] };
  }
  const zone = readZone(settings);
  const isNamed = settings.logTimeZone !== undefined || settings.timeZone !== undefined;
  if (isNamed) return { value: zone, confidence: 0.8, evidence: ["times are read in the zone of the source"] };
  return { value: zone, confidence: 0.5, evidence: ["this computer's zone: nothing in the log names one"] };
}

export function describeUnit({ table, columns, settings, plan }: RuleParts): Weighed {
  if (settings.durationUnit !== undefined) return told(settings.durationUnit);
  const index = columns.talk >= 0 ? columns.talk : columns.duration;
  if (index < 0 || plan === null) return open("no column with lengths of calls was found");
  const cells = cellsOf(table, index);
  const header = table.header[index] ?? "";
  const isClock = cells.some((cell) => cell.includes(":"));
  const units = { s: "seconds", ms: "milliseconds", min: "minutes" } as const;
  const value = isClock ? (plan.colonIsHours ? "h:mm" : "m:ss") : units[plan.unit];
  if (readHeaderNote(header).unit !== null) {
    return { value, confidence: 1, evidence: [`the column is named ${JSON.stringify(header)}`] };
  }
  if (cells.some((cell) => /^\d+:\d\d:\d\d$|['a-z]/i.test(cell))) {
    return { value, confidence: 1, evidence: ["the lengths say themselves what they count"] };
  }
  if (columns.end >= 0) return { value, confidence: 0.9, evidence: ["it fits between start and end"] };
  return { value, confidence: 0.6, evidence: ["nothing says otherwise"] };
}

export function describeDirection(parts: RuleParts, numbers: PhoneNumbers): Weighed {
  const { table, columns, readWord } = parts;
  if (columns.direction >= 0) {
    const words = new Map<string, number>();
    for (const cell of cellsOf(table, columns.direction)) words.set(cell, (words.get(cell) ?? 0) + 1);
    const known = [...words].filter(([word]) => isDirection(readWord(word)));
    const count = (list: readonly (readonly [string, number])[]) => list.reduce((sum, [, times]) => sum + times, 0);
    return {
      value: `column "${nameColumn(table.header, columns.direction)}"`,
      confidence: Math.round((count(known) / Math.max(1, count([...words]))) * 100) / 100,
      evidence: [...words]
        .slice(0, 6)
        .map(([word, times]) => `${JSON.stringify(word)} is ${readWord(word)} (${times} rows)`),
    };
  }
  const isOwn = (cell: string): boolean => cell !== "" && (numbers.isExtension(cell) || numbers.isOwnNumber(cell));
  const tell = table.rows.filter(({ cells }) =>
    [columns.from, columns.to].some((at) => at >= 0 && isOwn((cells[at] ?? "").trim())),
  ).length;
  if (tell === 0) return open("no column tells it, and no side is one of your extensions or numbers");
  return {
    value: "own extensions and numbers",
    confidence: Math.round((tell / Math.max(1, table.rows.length)) * 100) / 100,
    evidence: [`in ${tell} of ${table.rows.length} rows one side is an own extension or number`],
  };
}
