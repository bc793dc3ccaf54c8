import { getCountries, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { quoteValue } from "../formats/log-format.ts";
import { readNumberText } from "../numbers/number-text.ts";
import { findHeaderMeanings, type ColumnField } from "../records/header-words.ts";
import { holdsDay, readTimeCell } from "../time/timestamp.ts";
import { plural, toField, type Check, type CheckedFile, type Found } from "./check.ts";

type Place = Readonly<{ line: number; index: number; value: string }>;

/** Counts cells of one kind and remembers the first. */
function createCounter() {
  let count = 0;
  let first: Place | null = null;
  return {
    add: (place: Place): void => {
      count += 1;
      first ??= place;
    },
    get: (): Readonly<{ count: number; first: Place | null }> => ({ count, first }),
  };
}

const scientific = /^\s*=?"?\+?\d(?:[.,]\d+)?E\+?\d{1,2}"?\s*$/i;
const hidden = /^#{4,}$/;

/** Numbers that a spreadsheet rounded, and cells that were too narrow when it saved them. */
export function createSpreadsheetCheck({ header }: CheckedFile): Check {
  const rounded = createCounter();
  const gone = createCounter();
  let lost = 0;
  return {
    row: ({ cells, line }) => {
      for (const [index, cell] of cells.entries()) {
        if (hidden.test(cell.trim())) gone.add({ line, index, value: cell });
        else if (cell.length < 30 && scientific.test(cell)) {
          rounded.add({ line, index, value: cell });
          if (readNumberText(cell).kind === "lost") lost += 1;
        }
      }
    },
    end: () => {
      const found: Found[] = [];
      const sci = rounded.get();
      if (sci.first !== null) {
        found.push({
          code: "scientific_numbers",
          level: "warning",
          line: sci.first.line,
          field: toField(header, sci.first.index),
          count: sci.count,
          says: `A spreadsheet wrote ${plural(sci.count, "number", "numbers")} as powers of ten, such as ${quoteValue(sci.first.value)}: ${lost === 0 ? "all digits are still there" : `${lost} of them have lost digits`}.`,
          does: "Whole ones are restored, the others count as unknown, never guessed. Export again without opening the file in a spreadsheet, or drop the .xlsx.",
        });
      }
      const hid = gone.get();
      if (hid.first !== null) {
        found.push({
          code: "hidden_cells",
          level: "warning",
          line: hid.first.line,
          field: toField(header, hid.first.index),
          count: hid.count,
          says: `${plural(hid.count, "cell holds", "cells hold")} only ${quoteValue(hid.first.value)}: the column was too narrow when it was saved.`,
          does: "Such numbers count as unknown, rows with such a time are left out. Widen the column and save again, or export anew.",
        });
      }
      return found;
    },
  };
}

const numberFields: ReadonlySet<ColumnField> = new Set(["from", "to", "remote", "did"] as const);

/** True for digits that people of that country write with a zero before them. */
function lacksZero(digits: string, region: string | undefined): boolean {
  const country = getCountries().find((known) => known === region);
  if (country === undefined) return false;
  const parsed = parsePhoneNumberFromString(digits, { defaultCountry: country, extract: false });
  return parsed !== undefined && parsed.isPossible() && parsed.formatNational().replaceAll(/\D/g, "").startsWith("0");
}

/** National numbers without their zero, and international ones without their plus: what is left when a cell was a number. */
export function createLostDigitsCheck({ header, settings }: CheckedFile): Check {
  const columns = header.flatMap((name, index) =>
    findHeaderMeanings(name).some(({ field }) => numberFields.has(field)) ? [index] : [],
  );
  const noZero = createCounter();
  const noPlus = createCounter();
  let zeros = 0;
  let plusses = 0;
  const look = (cell: string, line: number, index: number): void => {
    const text = readNumberText(cell);
    if (text.kind !== "dialled" || text.digits.length < 9) return;
    if (text.isInternational) plusses += 1;
    else if (text.digits.startsWith("0")) zeros += 1;
    else if (/^[1-9]\d{10,14}$/.test(text.digits)) noPlus.add({ line, index, value: cell });
    else if (/^[1-9]\d{8,9}$/.test(text.digits)) noZero.add({ line, index, value: cell });
  };
  return {
    row: ({ cells, line }, outcome) => {
      if (outcome?.kind !== "leg") return;
      for (const index of columns) look(cells[index] ?? "", line, index);
    },
    end: () => {
      const found: Found[] = [];
      const zero = noZero.get();
      if (zero.first !== null && zero.count > zeros && lacksZero(zero.first.value, settings.region)) {
        found.push({
          code: "lost_zeros",
          level: "warning",
          line: zero.first.line,
          field: toField(header, zero.first.index),
          count: zero.count,
          says: `${plural(zero.count, "number lacks", "numbers lack")} the zero that national numbers begin with, such as ${quoteValue(zero.first.value)}: a spreadsheet took them for amounts.`,
          does: `They are read as national numbers of ${settings.region ?? ""}; other leading zeros (00 for abroad, extensions) are gone for good. Export again, or drop the .xlsx.`,
        });
      }
      const plus = noPlus.get();
      // A column that never has one is written that way by its system.
      if (plus.first !== null && plusses > 0 && plus.count > 0) {
        found.push({
          code: "lost_plus",
          level: "note",
          line: plus.first.line,
          field: toField(header, plus.first.index),
          count: plus.count,
          says: `${plural(plus.count, "number has", "numbers have")} a country code without plus, such as ${quoteValue(plus.first.value)}, while others have it.`,
          does: "They are read as international where that is a possible number, else as national.",
        });
      }
      return found;
    },
  };
}

/** How a date is written, whatever the day: `13/06/2025` and `1/6/2025` are one way, `2025-06-13` another. */
const toShape = (cell: string): string =>
  cell
    .trim()
    .replace(/^\p{L}{2,}\.?,?\s+(?=\d)/u, "")
    .split(/[\sT]/, 1)[0]
    ?.replaceAll(/\d{4}/g, "Y")
    .replaceAll(/\d+/g, "9")
    .replaceAll(/\p{L}+/gu, (word) => (word.length > 1 ? "M" : word)) ?? "";

const leastOfEach = 2;

/** Two ways of writing dates in one column: a spreadsheet understood some of them and left the others. */
export function createMixedDatesCheck({ header, format }: CheckedFile): Check {
  type Shapes = Map<string, { count: number; first: Place }>;
  const columns: Shapes[] = [];
  return {
    row: ({ cells, line }, outcome) => {
      const isRow = outcome?.kind === "leg" || outcome?.reason === "invalid_date";
      if (!isRow || format === "generic-json" || format === "generic-xml") return;
      for (const [index, cell] of cells.entries()) {
        if (cell.length < 6 || cell.length > 40 || !/\d/.test(cell)) continue;
        const read = readTimeCell(cell);
        if (read === null || read.kind === "instant" || !holdsDay(read)) continue;
        const shape = read.kind === "serial" ? "a spreadsheet's day number" : toShape(cell);
        const shapes = (columns[index] ??= new Map());
        const known = shapes.get(shape);
        if (known !== undefined) known.count += 1;
        else if (shapes.size < 8) shapes.set(shape, { count: 1, first: { line, index, value: cell } });
      }
    },
    end: () =>
      columns.flatMap((shapes): readonly Found[] => {
        const [most, next] = [...(shapes?.values() ?? [])].toSorted((left, right) => right.count - left.count);
        if (most === undefined || next === undefined || next.count < leastOfEach) return [];
        // Day numbers among dates are numbers of something else, unless the dates are few too.
        if (most.first.index !== next.first.index) return [];
        return [
          {
            code: "mixed_dates",
            level: "warning",
            line: next.first.line,
            field: toField(header, next.first.index),
            count: next.count,
            says: `Dates are written in two ways, ${quoteValue(most.first.value)} and ${quoteValue(next.first.value)}: a spreadsheet understood some of them, perhaps with day and month exchanged.`,
            does: "Each is read as it is written. Compare a few with the phone system before you import, and export again without a spreadsheet if they differ.",
          },
        ];
      }),
  };
}
