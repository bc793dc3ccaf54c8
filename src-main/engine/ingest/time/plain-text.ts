const digitBlocks: readonly number[] = [
  0x0660, // Arabic-Indic
  0x06f0, // Persian
  0x0966, // Devanagari
  0xff10, // full width
];

const foreign = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g;
const wideSpaces = /[\u00a0\u202f\u2007\u2009\u3000]/g;
const invisible = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/g;

function toAsciiDigit(character: string): string {
  const code = character.charCodeAt(0);
  const block = digitBlocks.find((start) => code >= start && code <= start + 9);
  return block === undefined ? character : String(code - block);
}

// oxlint-disable-next-line no-control-regex -- the point is to let pure ASCII pass untouched
const ascii = /^[\u0000-\u007f]*$/;

/** Text of a number or date as plain ASCII where it can be: foreign digits, wide spaces and invisible marks are replaced. */
export function toPlainText(text: string): string {
  if (ascii.test(text)) return text.trim();
  return text
    .replaceAll(foreign, toAsciiDigit)
    .replaceAll("\uff0b", "+")
    .replaceAll(wideSpaces, " ")
    .replaceAll(invisible, "")
    .trim();
}
