import { createExclusion } from "../../exclusion.ts";
import { createPhoneNumbers } from "../../numbers/phone-numbers.ts";
import { createTimeZone } from "../../time/time-zone.ts";
import { toPlacesLayout } from "../../records/fixed-places.ts";
import type { FormatContext, FormatState, LogFormat, OpenLog } from "../log-format.ts";
import { createFold } from "./fold.ts";
import { isColumnName } from "./header-row.ts";
import { planSchema } from "./plan.ts";
import { createRowReader, createWholeRowCheck } from "./row-reader.ts";
import { describeLack, readTableHead, settlePlan } from "./settle.ts";

const hour = 3_600_000;

function open(state: FormatState, { settings, zone, now }: FormatContext): OpenLog {
  const plan = planSchema.parse(state);
  const numbers = createPhoneNumbers(settings);
  if (plan.international) numbers.assumeInternational();
  return {
    layout:
      plan.places.length > 0
        ? toPlacesLayout(plan.places)
        : { delimiter: plan.delimiter, wrapped: plan.wrapped, multiline: true },
    isWholeRow: createWholeRowCheck({ plan }),
    read: createRowReader({
      plan,
      numbers,
      zone: createTimeZone(plan.isUtc ? "UTC" : zone),
      now,
      ...(settings.words === undefined ? {} : { words: settings.words }),
    }),
    fold: createFold(createExclusion(settings)),
    // Some systems number their calls anew each day.
    keyReuseMs: 12 * hour,
  };
}

/** Any table of calls: columns by the words of its header in seven languages, by the settings, or by its values. */
export const genericCsv: LogFormat = {
  id: "generic-csv",
  title: "A table of calls (CSV)",
  detect: (sample, settings) => {
    // Columns that are named in the words of another format are meant for that one.
    if (!Object.keys(settings.columns ?? {}).every(isColumnName)) return null;
    const head = readTableHead(sample, settings);
    if (describeLack(head) !== null || head.columns === null) return null;
    const { columns, header, headerHits, rows } = head;
    const told = Object.entries(columns)
      .filter(([, index]) => index >= 0)
      .map(([name, index]) => `${name} in ${header[index] ?? `column ${index + 1}`}`);
    if (head.layout.spans !== undefined) {
      return { score: 1, evidence: [`places that were named for ${Object.keys(settings.columns ?? {}).join(", ")}`] };
    }
    return {
      score: header.length === 0 ? 0.45 : Math.min(0.75, 0.45 + headerHits * 0.04),
      evidence: [
        header.length === 0 ? "no header; columns known by their values" : `a header with ${headerHits} known words`,
        told.join(", "),
        `${rows.length} rows looked at`,
      ],
    };
  },
  prepare: (sample, context, scan) => settlePlan(sample, context, scan),
  open,
};
