/** The groups of digits of a phone value, in order: `(415) 555-1212` gives 415, 555, 1212. */
export function toDigitGroups(typed: string): readonly string[] {
  return typed.match(/\d+/g) ?? [];
}

/** Under which last four digits a phone value is found: of the digits up to the end of each of its groups. */
export function toTails(typed: string): readonly string[] {
  let digits = "";
  return toDigitGroups(typed).map((group) => {
    digits += group;
    return digits.slice(-4);
  });
}

/**
 * Whether the search finds a phone value by a term of digits. `ignoresPunctuation`: the end of the number is enough,
 * however it is typed; otherwise one group of digits must be the term.
 */
export function findsPhone(typed: string, term: string, ignoresPunctuation: boolean): boolean {
  const groups = toDigitGroups(typed);
  if (!ignoresPunctuation) return groups.includes(term);
  return (
    groups.includes(term) ||
    groups.some((_, end) =>
      groups
        .slice(0, end + 1)
        .join("")
        .endsWith(term),
    )
  );
}
