import { z } from "zod";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { createExclusion } from "../exclusion.ts";
import { skip, type Detection, type FormatContext, type LogFormat, type LogSample } from "../formats/log-format.ts";
import { LogRefusedError } from "../log-refused.ts";
import type { TableLayout } from "../records/log-record.ts";
import { createLegFold } from "./fold-legs.ts";
import type { RowReading } from "./row-facts.ts";
import { createRowOutcome, createRowTools, type RowTools } from "./row-outcome.ts";

/** One line of a log without columns that a character separates. */
export type LogLine = Readonly<{
  text: string;
  /** 1-based physical line. */
  line: number;
  /** False for the last line of a file that lacks its line end: it may be cut. */
  terminated: boolean;
}>;

/** A format of lines with fixed places, as a serial printer gets them. */
export type LinePreset = Readonly<{
  id: string;
  title: string;
  /** What the lines at the beginning show, or null where they are none of this format. */
  detect: (lines: readonly string[], settings: SourceSettings) => Detection | null;
  /** Settles what holds for the whole file (a layout, an order of dates, a year), as text that `open` gets back. */
  settle: (lines: readonly string[], all: () => AsyncIterable<string>, context: FormatContext) => Promise<string>;
  /** Opens a reader for the lines of one file, in order. It may remember lines: a date above, the first half of a record. */
  open: (tools: RowTools, settled: string) => (line: LogLine) => RowReading;
}>;

const judgedLines = 200;
const sniffedChars = 65_536;

/** No line holds this, so that a line is one cell. */
const layout: TableLayout = { delimiter: "\u001f", wrapped: false, multiline: false };

const stateSchema = z.strictObject({ settled: z.string() });

function readLines({ text, isWhole }: LogSample): readonly string[] {
  const lines = text.slice(0, sniffedChars).split("\n");
  const complete = isWhole && text.length <= sniffedChars ? lines : lines.slice(0, -1);
  return complete.filter((line) => line.trim() !== "").slice(0, judgedLines);
}

/** Makes a format of a preset of lines. */
export function createLineFormat(preset: LinePreset): LogFormat {
  const { id, title } = preset;
  return {
    id,
    title,
    detect: (sample, settings) => preset.detect(readLines(sample), settings),
    prepare: async (sample, context, scan) => {
      const lines = readLines(sample);
      if (preset.detect(lines, context.settings) === null) {
        throw new LogRefusedError("unknown_format", `This is no ${title}: too few lines have its form.`);
      }
      async function* all(): AsyncGenerator<string, void, undefined> {
        for await (const { raw } of scan(layout)) yield raw;
      }
      return { settled: await preset.settle(lines, all, context) };
    },
    open: (state, context) => {
      const tools = createRowTools(context, "YMD");
      const toOutcome = createRowOutcome(tools);
      const read = preset.open(tools, stateSchema.parse(state).settled);
      return {
        layout,
        isWholeRow: () => false,
        read: (record) => {
          const { raw: text, line, terminated, fault } = record;
          if (fault === "oversize") return skip("malformed", "the line is longer than 1 MB");
          return toOutcome(record, read({ text, line, terminated }), text.trimEnd());
        },
        fold: createLegFold(createExclusion(context.settings)),
        keyReuseMs: 12 * 3_600_000,
      };
    },
  };
}
