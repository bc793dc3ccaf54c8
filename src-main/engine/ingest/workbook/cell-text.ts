import { format, getFormatFromId, getFormatInfo } from "numfmt";

/** Excel's day 60 is 29 February 1900, which never was: dates before March 1900 are no calls. */
const dayMs = 86_400_000;
const epochOf1900 = Date.UTC(1899, 11, 30);
const epochOf1904 = Date.UTC(1904, 0, 1);

/** How a number is shown, by the format of its cell. */
export type NumberStyle = "plain" | "date" | "shown";

export type CellStyle = Readonly<{ kind: NumberStyle; pattern: string }>;

/** What a format code makes of a number: a date, the number itself, or a text of its own (leading zeros, a length of time). */
export function readCellStyle(pattern: string): CellStyle {
  let info: Readonly<{ type: string; isDate: boolean }>;
  try {
    info = getFormatInfo(pattern);
  } catch {
    // A pattern that nobody understands shows the number.
    return { kind: "plain", pattern: "General" };
  }
  // A length of time (`[h]:mm:ss`) and a time of day are shown as they are; only a day is exact in another form.
  if (info.isDate && /[yd]/i.test(pattern.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, ""))) return { kind: "date", pattern };
  if (info.type === "general" || /^(?:0|#|#,##0|@)$/.test(pattern)) return { kind: "plain", pattern };
  return { kind: "shown", pattern };
}

/** The format code of a number format's id, as the workbook names it or as it is built into spreadsheets. */
export function readPattern(id: number, own: ReadonlyMap<number, string>): string {
  const told = own.get(id);
  if (told !== undefined) return told;
  try {
    return getFormatFromId(id);
  } catch {
    return "General";
  }
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A day number as `2025-06-13 10:00:00`: exact, and in an order that nobody can misread, however the sheet shows it. */
function toDate(serial: number, is1904: boolean): string {
  const seconds = Math.round(serial * 86_400);
  const at = new Date((is1904 ? epochOf1904 : epochOf1900) + seconds * 1000);
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  if (seconds * 1000 < dayMs) return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return seconds % 86_400 === 0
    ? day
    : `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** A whole number with all its digits; the file has them even where the sheet shows `4.42E+11`. */
function toPlain(value: number, text: string): string {
  return Number.isSafeInteger(value) ? BigInt(value).toString() : text;
}

/** The text of a number's cell. */
export function toNumberCell(text: string, style: CellStyle, is1904: boolean): string {
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === "") return text;
  if (style.kind === "date" && value >= 0 && value < 2_958_466) return toDate(value, is1904);
  if (style.kind !== "shown") return toPlain(value, text);
  try {
    const shown = format(style.pattern, value, { throws: false });
    return /^#+$/.test(shown) ? toPlain(value, text) : shown.trim();
  } catch {
    return toPlain(value, text);
  }
}
