import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { MappedColumn, MappingProposal } from "../../../src-shared/ipc/mapping-views.ts";
import type { MessageKey } from "../../words/en.ts";

/** What a column can mean, in the order in which people look for it. */
export const columnMeanings = {
  id: "column.id",
  start: "column.start",
  time: "column.time",
  answer: "column.answer",
  end: "column.end",
  direction: "column.direction",
  from: "column.from",
  to: "column.to",
  remote: "column.remote",
  did: "column.did",
  duration: "column.duration",
  talk: "column.talk",
  ring: "column.ring",
  status: "column.status",
  agent: "column.agent",
} as const satisfies Readonly<Record<string, MessageKey>>;
export type ColumnMeaning = keyof typeof columnMeanings;
export const isColumnMeaning = (text: string): text is ColumnMeaning => Object.hasOwn(columnMeanings, text);

/** A row of the table of columns: the header's name, and what it was taken for. */
export type ColumnRow = Readonly<{ column: string; mapped: MappedColumn | null }>;

export const toColumnRows = ({ header, columns }: MappingProposal): readonly ColumnRow[] =>
  header.map((column) => ({ column, mapped: columns.find((each) => each.column === column) ?? null }));

/** What was said so far and one thing more; columns and words are added to those that were named before. */
export function addAnswer(before: SourceSettings | undefined, answer: SourceSettings): SourceSettings {
  const { columns, words, ...others } = answer;
  return {
    ...before,
    ...others,
    ...(columns === undefined ? {} : { columns: { ...before?.columns, ...columns } }),
    ...(words === undefined ? {} : { words: { ...before?.words, ...words } }),
  };
}

/** A column means something from now on, and what it meant before is somebody else's again. */
export function nameColumn(before: SourceSettings | undefined, column: string, meaning: ColumnMeaning): SourceSettings {
  const kept = Object.entries(before?.columns ?? {}).filter(([, name]) => name !== column);
  return { ...before, columns: { ...Object.fromEntries(kept), [meaning]: column } };
}

/** A guess that is as good as sure. */
export const isSure = ({ confidence }: Pick<MappedColumn, "confidence">): boolean => confidence >= 0.75;
