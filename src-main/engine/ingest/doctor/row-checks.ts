import type { SkipReason } from "../../../../src-shared/domain/call-record.ts";
import type { FindingCode } from "../../../../src-shared/ipc/doctor-views.ts";
import { quoteValue } from "../formats/log-format.ts";
import { createRowTable, toRowNumber } from "../fold/row-table.ts";
import { plural, type Check, type CheckedFile, type Found } from "./check.ts";

type Rule = Readonly<{ code: FindingCode; level: Found["level"]; what: readonly [string, string]; does: string }>;

/** Rows that are left out, and why; those of a format's own housekeeping (dates, pages, voice quality) are no news. */
const rules: Readonly<Partial<Record<SkipReason, Rule>>> = {
  totals_row: {
    code: "totals_rows",
    level: "note",
    what: ["row adds up others", "rows add up others"],
    does: "They are left out and listed.",
  },
  repeated_header: {
    code: "repeated_headers",
    level: "note",
    what: ["row is the header again", "rows are the header again"],
    does: "They are left out and listed: several exports were put into one file.",
  },
  in_progress: {
    code: "unfinished_calls",
    level: "note",
    what: ["call was not over", "calls were not over"],
    does: "They are left out until a later export has them with their end.",
  },
};

type Tally = { count: number; line: number; detail: string };

/** Rows that give no call, grouped by why. */
export function createSkippedCheck({ now, modifiedAt }: CheckedFile): Check {
  const tallies = new Map<SkipReason, Tally>();
  let rows = 0;
  const isFresh = now - modifiedAt < 10 * 60_000;
  return {
    row: ({ line }, outcome) => {
      if (outcome !== null) rows += 1;
      if (outcome?.kind !== "skip") return;
      const known = tallies.get(outcome.reason);
      if (known === undefined) tallies.set(outcome.reason, { count: 1, line, detail: outcome.detail });
      else known.count += 1;
    },
    end: () => {
      const found: Found[] = [];
      for (const [reason, { count, line }] of tallies) {
        const rule = rules[reason];
        if (rule === undefined) continue;
        const { code, level, what, does } = rule;
        const says = `${plural(count, ...what)}, the first in line ${line}.`;
        found.push({ code, level, line, field: null, count, says, does });
      }
      const tail = tallies.get("truncated_tail");
      if (tail !== undefined) {
        found.push({
          code: isFresh ? "half_written" : "cut_tail",
          level: "warning",
          line: tail.line,
          field: null,
          count: tail.count,
          says: isFresh
            ? `The file ends in the middle of a row (line ${tail.line}) and was written minutes ago: it is still being written.`
            : `The file ends in the middle of a row (line ${tail.line}): it was cut when it was copied or exported.`,
          does: isFresh
            ? "A watched folder waits for the rest. An import leaves that row out; import the file again when it is whole."
            : "That row is left out, and what came behind it is not in the file: export or copy it again. Calls that are in both are stored once.",
        });
      }
      const bad = [tallies.get("malformed"), tallies.get("invalid_date"), tallies.get("orphan_leg")].filter(
        (tally) => tally !== undefined,
      );
      const count = bad.reduce((sum, tally) => sum + tally.count, 0);
      const [first] = bad.toSorted((left, right) => left.line - right.line);
      if (first !== undefined) {
        found.push({
          code: "bad_rows",
          level: "warning",
          line: first.line,
          field: null,
          count,
          says: `${count} of ${rows} rows cannot be read, the first in line ${first.line}: ${first.detail}.`,
          does: "They are left out and listed with line and reason; all others are read.",
        });
      }
      return found;
    },
  };
}

/** The same row more than once, and calls without an id of their own. */
export function createIdentityCheck(): Check {
  const seen = createRowTable();
  let doubles = 0;
  let first = 0;
  let keyless = 0;
  let legs = 0;
  return {
    row: ({ line }, outcome) => {
      if (outcome?.kind !== "leg") return;
      legs += 1;
      if (outcome.key === null) keyless += 1;
      else if (seen.increment(toRowNumber(`${outcome.node}\u001f${outcome.key}\u001f${outcome.leg.hash}`)) > 0) {
        doubles += 1;
        if (first === 0) first = line;
      }
    },
    end: () => {
      const found: Found[] = [];
      if (doubles > 0) {
        found.push({
          code: "double_rows",
          level: "note",
          line: first,
          field: null,
          count: doubles,
          says: `${plural(doubles, "row is", "rows are")} in the file more than once, the first again in line ${first}.`,
          does: "Each is counted once; the repeated ones are listed as duplicates.",
        });
      }
      if (keyless > 0) {
        found.push({
          code: "no_call_ids",
          level: "note",
          line: null,
          field: null,
          count: keyless,
          says: `${keyless === legs ? "The log has no call ids" : `${keyless} of ${legs} rows have no call id`}.`,
          does: "Such a call is known by its time, parties and length: the same row in a later export is the same call, a row that was changed meanwhile is another one.",
        });
      }
      return found;
    },
  };
}

/** Text of two encodings: names are damaged, numbers and times are not. */
export function createEncodingCheck({ encoding }: CheckedFile): Check {
  let count = 0;
  let first: Readonly<{ line: number; value: string }> | null = null;
  const isUtf8 = encoding.name === "utf-8";
  // UTF-8 that was read as Windows-1252: two or three letters that no language puts side by side.
  const mojibake = /Ã[\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|Â[\u00A0-\u00BF]/;
  return {
    row: ({ line, raw }) => {
      const isDamaged = raw.includes("\uFFFD") || mojibake.test(raw);
      if (!isDamaged) return;
      count += 1;
      const at = Math.max(0, raw.search(/\uFFFD|Ã|â€|Â/) - 10);
      first ??= { line, value: raw.slice(at, at + 30) };
    },
    end: () =>
      first === null
        ? []
        : [
            {
              code: "mixed_encoding",
              level: "warning",
              line: first.line,
              field: null,
              count,
              says: `Letters are damaged in ${plural(count, "row", "rows")}, such as ${quoteValue(first.value)} in line ${first.line}: parts of the file are in another encoding than ${isUtf8 ? "UTF-8" : encoding.name}.`,
              does: 'Numbers, times and ids are read; names stay damaged. Export again as UTF-8, or name the encoding (--assume \'{"encoding":"windows-1252"}\').',
            },
          ],
  };
}

/** Exports that stop at a round number of rows without saying so. */
const limits: Readonly<Record<string, Readonly<{ every?: number; at?: readonly number[]; how: string }>>> = {
  "freepbx-cdr-export": {
    every: 100,
    how: 'FreePBX exports no more rows than "Result Limit" shows, by default 100: set it above the number of calls and search again',
  },
  "yeastar-cdr-csv": {
    at: [10_000, 100_000],
    how: "Yeastar exports no more than 10,000 or 100,000 rows: export shorter periods",
  },
  "fritzbox-anrufliste": { at: [400, 999], how: "the box keeps no more calls: save the list weekly" },
};
/** Where spreadsheets and web pages stop. */
const commonLimits: ReadonlySet<number> = new Set([
  1000, 2000, 5000, 10_000, 20_000, 25_000, 50_000, 65_535, 65_536, 100_000, 1_048_575,
]);

export function createLimitCheck({ format }: CheckedFile): Check {
  let rows = 0;
  return {
    row: (_record, outcome) => {
      if (outcome !== null && !(outcome.kind === "skip" && outcome.reason === "totals_row")) rows += 1;
    },
    end: ({ isWhole }) => {
      if (!isWhole) return [];
      const own = limits[format];
      const isOwn =
        own !== undefined &&
        ((own.every !== undefined && rows > 0 && rows % own.every === 0) || own.at?.includes(rows) === true);
      if (!isOwn && !commonLimits.has(rows)) return [];
      return [
        {
          code: "partial_export",
          level: isOwn ? "warning" : "note",
          line: null,
          field: null,
          count: rows,
          says: `The file has exactly ${rows} rows: the export may have stopped at a limit, and older calls are missing.`,
          does: `What is there is read. ${isOwn ? `${(own?.how ?? "").charAt(0).toUpperCase()}${(own?.how ?? "").slice(1)}` : "Compare with the phone system, and export shorter periods if calls are missing"}; calls that are in both exports are stored once.`,
        },
      ];
    },
  };
}
