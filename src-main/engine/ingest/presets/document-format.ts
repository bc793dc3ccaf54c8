import { createExclusion } from "../exclusion.ts";
import { skip, type Detection, type LogFormat, type LogSample } from "../formats/log-format.ts";
import { LogRefusedError } from "../log-refused.ts";
import { createLegFold } from "./fold-legs.ts";
import type { RowReading } from "./row-facts.ts";
import { createRowOutcome, createRowTools, type RowTools } from "./row-outcome.ts";

/** A format that writes a file for every leg or call. */
export type DocumentPreset = Readonly<{
  id: string;
  title: string;
  kind: "json" | "markup";
  /** What the beginning of a file shows, or null where it is none of this format. The document may be cut. */
  detect: (text: string) => Detection | null;
  /** Reads one document. `isWhole` false: the file ended before the document did. */
  read: (text: string, tools: RowTools, isWhole: boolean) => RowReading;
  keyReuseMs?: number;
}>;

/** Makes a format of a preset for one-call files; a folder of them is one log. */
export function createDocumentFormat(preset: DocumentPreset): LogFormat {
  const { id, title, kind } = preset;
  const refuse = (): LogRefusedError =>
    new LogRefusedError("unknown_format", `This is no ${title}: its beginning is not of that form.`);
  return {
    id,
    title,
    detect: ({ text }: LogSample) => preset.detect(text),
    prepare: ({ text }) => (preset.detect(text) === null ? Promise.reject(refuse()) : Promise.resolve({})),
    open: (_state, context) => {
      const tools = createRowTools(context, "YMD");
      const toOutcome = createRowOutcome(tools);
      return {
        layout: { delimiter: "\u001f", wrapped: false, multiline: false, document: kind },
        isWholeRow: () => false,
        read: (record) =>
          record.fault === null
            ? toOutcome(record, preset.read(record.raw, tools, record.terminated))
            : skip("malformed", "the document is longer than 8 MB"),
        fold: createLegFold(createExclusion(context.settings)),
        keyReuseMs: preset.keyReuseMs ?? Number.POSITIVE_INFINITY,
      };
    },
  };
}
