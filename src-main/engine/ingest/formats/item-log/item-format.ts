import { z } from "zod";
import { createExclusion } from "../../exclusion.ts";
import { LogRefusedError } from "../../log-refused.ts";
import { createLegFold } from "../../presets/fold-legs.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import { createRowOutcome, createRowTools, type RowTools } from "../../presets/row-outcome.ts";
import type { JsonItems, LogRecord, TableLayout, XmlItems } from "../../records/log-record.ts";
import { skip, type Detection, type LogFormat, type LogSample } from "../log-format.ts";

/** Where the records are: items of a document, or lines that are a JSON value each. */
export type ItemPlace = JsonItems | XmlItems | Readonly<{ kind: "lines" }>;

export type FoundItems = Readonly<{ place: ItemPlace; detection: Detection }>;

/** A format whose records are values with names (JSON, XML attributes) in place of cells. */
export type ItemPreset = Readonly<{
  id: string;
  title: string;
  /** Where the items of a file are, by its beginning (which may be cut); null where it is none of this format. */
  find: (sample: LogSample) => FoundItems | null;
  /** Opens a reader for the items of one file. `part`: which of the item's parts, 0 where it has none. */
  open: (tools: RowTools) => (item: unknown, part: number) => RowReading;
}>;

const placeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("json"), path: z.string(), parts: z.string().optional() }),
  z.strictObject({ kind: z.literal("xml"), element: z.string() }),
  z.strictObject({ kind: z.literal("lines") }),
]);
const stateSchema = z.strictObject({ place: placeSchema });

/** No line of JSON holds this, so that a line is one cell. */
const lines: TableLayout = { delimiter: "\u001f", wrapped: false, multiline: false };

/** The layout that gives the records of a place. */
export function toLayout(place: z.infer<typeof placeSchema>): TableLayout {
  if (place.kind === "lines") return lines;
  if (place.kind === "xml") return { ...lines, items: place };
  const { kind, path, parts } = place;
  return { ...lines, items: { kind, path, ...(parts === undefined ? {} : { parts }) } };
}

/** The value of an item's text, or why it has none. */
export function parseItem(record: LogRecord): Readonly<{ value: unknown }> | ReturnType<typeof skip> {
  const text = record.cells[0] ?? "";
  if (record.fault === "oversize") return skip("malformed", "the record is too long");
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    if (!record.terminated) return skip("truncated_tail", "the file ends before its last record does");
    return skip("malformed", "the record is no valid JSON");
  }
}

/** Makes a format of a preset for items. */
export function createItemFormat(preset: ItemPreset): LogFormat {
  const { id, title } = preset;
  const refuse = (): LogRefusedError =>
    new LogRefusedError("unknown_format", `This is no ${title}: its beginning is not of that form.`);
  return {
    id,
    title,
    detect: (sample) => preset.find(sample)?.detection ?? null,
    prepare: (sample) => {
      const found = preset.find(sample);
      return found === null ? Promise.reject(refuse()) : Promise.resolve({ place: found.place });
    },
    open: (state, context) => {
      const tools = createRowTools(context, context.settings.dateOrder ?? "YMD");
      const toOutcome = createRowOutcome(tools);
      const read = preset.open(tools);
      return {
        layout: toLayout(stateSchema.parse(state).place),
        isWholeRow: () => false,
        read: (record) => {
          if (record.raw.trim() === "") return null;
          const parsed = parseItem(record);
          if ("kind" in parsed) return parsed;
          return toOutcome(record, read(parsed.value, Number(record.cells[1] ?? 0)), record.raw.trim());
        },
        fold: createLegFold(createExclusion(context.settings)),
        keyReuseMs: Number.POSITIVE_INFINITY,
      };
    },
  };
}
