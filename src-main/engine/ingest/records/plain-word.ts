import { detachText } from "../detach-text.ts";

const longestKept = 40;
const mostKept = 8192;
const words = new Map<string, string>();

const accents = /[\u0300-\u036f]/g;

/**
 * A header or value in the form that tables of words are written in: lower case, no accents, letters and digits of any
 * script only. "Gesprächs-ID" and "gesprachsid" are the same word.
 */
export function toPlainWord(text: string): string {
  // Headers and words of tables come again for every format that looks at a file; long cells do not.
  if (text.length > longestKept) return compute(text);
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size >= mostKept) words.clear();
  const word = compute(text);
  words.set(detachText(text), word);
  return word;
}

function compute(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(accents, "")
    .replaceAll("ß", "ss")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
