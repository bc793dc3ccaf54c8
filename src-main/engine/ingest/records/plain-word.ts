const accents = /[\u0300-\u036f]/g;

/**
 * A header or value in the form that tables of words are written in: lower case, no accents, letters and digits of any
 * script only. "Gesprächs-ID" and "gesprachsid" are the same word.
 */
export function toPlainWord(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(accents, "")
    .replaceAll("ß", "ss")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
