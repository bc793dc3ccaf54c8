import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { RowReading } from "./row-facts.ts";
import type { RowTools } from "./row-outcome.ts";

/** The cells of one row by the preset's own field names. Cells are trimmed; a column that is not there gives "". */
export type PresetRow<F extends string> = Readonly<{
  text(field: F): string;
  /** True where the table has the column at all. */
  has(field: F): boolean;
  /** All cells, for what has no name. */
  cells: readonly string[];
  /** 1-based physical line. */
  line: number;
}>;

/** Reads the rows of one file, in order. A reader may remember rows: each reading of a file gets its own. */
export type PresetReader<F extends string> = (row: PresetRow<F>) => RowReading;

/** A table with a header: columns are found by name, in any order; names that the preset does not know are ignored. */
export type HeaderShape<F extends string> = Readonly<{
  kind: "header";
  /** Names of each column's header in any language, compared without case, accents and punctuation; the first that is there counts. */
  names: Readonly<Record<F, readonly string[]>>;
  /** Columns that make the table one of this format. */
  required: readonly F[];
  /** Columns that the whole rows of the table have; others may be missing at the end of a short row. Default: `required`. */
  needed?: readonly F[];
  /** A last look at the header and the first rows, for formats whose names are everybody's. */
  isOwn?: (header: readonly string[], rows: readonly (readonly string[])[]) => boolean;
}>;

/** A table without header: columns by position (1-based), for each width or layout that the format has. */
export type PositionShape<F extends string> = Readonly<{
  kind: "positions";
  /** Columns of a row, or null where the row has not the form of this format. Called for every row. */
  find: (cells: readonly string[]) => Readonly<Partial<Record<F, number>>> | null;
  fields: readonly F[];
  /** The field of the start: where the settings name its column, a date there makes a row whatever the other columns are. */
  startField?: F;
  /** A line of column names that some loggers put above. */
  isHeader?: (cells: readonly string[]) => boolean;
  /** What `find` looks for, in plain words, for the evidence. */
  form: string;
}>;

/**
 * A format whose log is a table, as data: where each field is, how the rows read, and what is special about their lines.
 * `createTableFormat` makes a `LogFormat` of it; time zones, skipping of headers, totals and broken rows, identity,
 * folding and resuming are common to all presets.
 */
export type TablePreset<F extends string> = Readonly<{
  id: string;
  title: string;
  shape: HeaderShape<F> | PositionShape<F>;
  /** Opens a reader for the rows of one file. */
  open: (tools: RowTools, settled: string) => PresetReader<F>;
  /** Settles once, by the rows at the beginning, what holds for the whole file; `open` gets the answer. */
  settle?: (rows: readonly PresetRow<F>[], tools: RowTools) => string;
  /** Column that dates are in whose order of day and month is not fixed: it is decided over the whole file. Default: year first. */
  dateColumn?: Readonly<{ date: F; time?: F }>;
  /** Fixed where the vendor fixes it; else what splits the rows alike. */
  delimiter?: string;
  /** Whether a quoted cell may hold line ends. Default: yes with a header, no without (logs that are appended to never do). */
  multiline?: boolean;
  /**
   * Puts the cells of a row right that a vendor writes without quotes, or in another notation; answers the very same
   * array where nothing is wrong. `raw`: the row's text.
   */
  align?: (cells: readonly string[], raw: string, columns: Readonly<Record<string, number>>) => readonly string[];
  /** Legs that start further apart than this (ms) are calls of their own although they share a key. Default: 12 hours. */
  keyReuseMs?: number;
  /** How sure the detection is when everything fits. Default 0.95: nobody else is asked. */
  certainty?: number;
  /** Settles something else that the settings say. Throws `LogRefusedError` where they make no sense. */
  checkSettings?: (settings: SourceSettings) => void;
}>;
