import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../log-refused.ts";
import type { LogRecord } from "../records/log-record.ts";
import { toPlainWord } from "../records/plain-word.ts";
import type { HeaderShape, TablePreset } from "./preset.ts";

/** 0-based column of each field that the table has. */
export type ColumnMap = Readonly<Record<string, number>>;

const searchedRecords = 30;

const isName = <F extends string>(names: Readonly<Record<F, readonly string[]>>, name: string): name is F =>
  Object.hasOwn(names, name);

/** Fields of a preset, as a list of its own type. */
export function fieldsOf<F extends string>({ shape }: TablePreset<F>): readonly F[] {
  if (shape.kind === "positions") return shape.fields;
  const { names } = shape;
  return Object.keys(names).filter((name) => isName(names, name));
}

/** Finds the columns of a header's cells by their names. */
export function mapNames<F extends string>(shape: HeaderShape<F>, cells: readonly string[]): ColumnMap {
  const places = new Map<string, number>();
  cells.forEach((cell, at) => {
    const word = toPlainWord(cell);
    if (!places.has(word)) places.set(word, at);
  });
  const found: Record<string, number> = {};
  for (const field of Object.keys(shape.names)) {
    if (!isName(shape.names, field)) continue;
    const name = shape.names[field].find((known) => places.has(toPlainWord(known)));
    const at = name === undefined ? undefined : places.get(toPlainWord(name));
    if (at !== undefined) found[field] = at;
  }
  return found;
}

/** Columns that the settings name for fields of the preset: by the header's text or, without one, by number (1-based). */
export function readToldColumns<F extends string>(
  preset: TablePreset<F>,
  settings: SourceSettings,
  header: readonly string[],
): ColumnMap {
  const known = new Map<string, string>(fieldsOf(preset).map((field) => [toPlainWord(field), field]));
  const told: Record<string, number> = {};
  for (const [name, text] of Object.entries(settings.columns ?? {})) {
    const field = known.get(toPlainWord(name));
    if (field === undefined) {
      throw new LogRefusedError(
        "settings",
        `"columns" has no field "${name}" for ${preset.id}. Known are ${[...known.values()].join(", ")}.`,
      );
    }
    const word = toPlainWord(text);
    const byName = header.findIndex((cell) => toPlainWord(cell) === word);
    const at = byName >= 0 ? byName : /^[1-9]\d{0,2}$/.test(text) ? Number(text) - 1 : -1;
    if (at < 0) {
      const has = header.length === 0 ? "It has no header: use the column's number." : `It has: ${header.join(", ")}.`;
      throw new LogRefusedError(
        "settings",
        `"columns" names "${text}" for ${name}, but the table has no such column. ${has}`,
      );
    }
    told[field] = at;
  }
  return told;
}

export type FoundHeader = Readonly<{ record: LogRecord; columns: ColumnMap }>;

/** The header of a preset's table among the first records: titles may stand above it. */
export function findPresetHeader<F extends string>(
  shape: HeaderShape<F>,
  records: readonly LogRecord[],
): FoundHeader | null {
  for (const record of records.slice(0, searchedRecords)) {
    const columns = mapNames(shape, record.cells);
    if (shape.required.some((field) => columns[field] === undefined)) continue;
    const rows = records.filter(({ line }) => line > record.line).map(({ cells }) => cells);
    if (shape.isOwn === undefined || shape.isOwn(record.cells, rows)) return { record, columns };
  }
  return null;
}
