/** A text in three: what stands before the found part, the part, and the rest. */
export type MarkedText = readonly [before: string, part: string, after: string];

/** The digits that were looked for within a number, whatever stands between them; a national zero is no part of a number. */
function markDigits(text: string, wanted: string): MarkedText | null {
  const digits = [...text.matchAll(/\d/g)];
  const at = digits
    .map(([digit]) => digit)
    .join("")
    .lastIndexOf(wanted);
  const [first, last] = [digits[at]?.index, digits[at + wanted.length - 1]?.index];
  if (at === -1 || first === undefined || last === undefined) return null;
  return [text.slice(0, first), text.slice(first, last + 1), text.slice(last + 1)];
}

/** Where a text holds what was looked for: as letters, or as digits of a number. */
export function toMarked(text: string, query: string): MarkedText {
  const wanted = query.trim();
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at !== -1) return [text.slice(0, at), text.slice(at, at + wanted.length), text.slice(at + wanted.length)];
  const digits = wanted.replaceAll(/\D/g, "");
  const isNumber = /^[+\d\s()/.-]+$/.test(wanted) && digits.length > 1;
  const found = isNumber ? (markDigits(text, digits) ?? markDigits(text, digits.replace(/^0/, ""))) : null;
  return found ?? [text, "", ""];
}
