const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/** In the order of the characters' codes, so that ids of one object sort by age. */
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The 18-character form of a 15-character id: three characters tell which letters are upper-case. */
export function toLongId(id15: string): string {
  const suffix = [0, 5, 10].map((start) => {
    const bits = [0, 1, 2, 3, 4].reduce(
      (sum, place) => sum + (/[A-Z]/.test(id15.charAt(start + place)) ? 1 << place : 0),
      0,
    );
    return alphabet.charAt(bits);
  });
  return `${id15}${suffix.join("")}`;
}

/** The id in its 18-character form, or undefined where the text is none. Ids of 15 characters are taken too. */
export function normaliseId(text: string): string | undefined {
  if (/^[A-Za-z0-9]{15}$/.test(text)) return toLongId(text);
  if (/^[A-Za-z0-9]{18}$/.test(text)) return text;
  return undefined;
}

/** The `position`-th id of an object, 18 characters. */
export function toRecordId(prefix: string, position: number): string {
  let rest = position;
  let tail = "";
  while (tail.length < 7) {
    tail = `${digits.charAt(rest % digits.length)}${tail}`;
    rest = Math.floor(rest / digits.length);
  }
  return toLongId(`${prefix}5g000${tail}`);
}
