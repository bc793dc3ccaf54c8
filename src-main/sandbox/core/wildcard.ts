/** One place of a pattern: a character of its own, any one character, or any number of them. */
export type PatternPart =
  | { readonly kind: "character"; readonly text: string }
  | { readonly kind: "one" }
  | { readonly kind: "any" };

/**
 * Whether the whole of a text fits a pattern; case is the caller's matter. It takes at most as many steps as both are long
 * multiplied, whatever the pattern: a regular expression of the same pattern may take ages.
 */
export function fitsPattern(parts: readonly PatternPart[], text: string): boolean {
  let part = 0;
  let at = 0;
  let lastAny = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted?.kind === "any") {
      lastAny = part;
      retryAt = at;
      part += 1;
    } else if (wanted?.kind === "one" || (wanted?.kind === "character" && wanted.text === text[at])) {
      part += 1;
      at += 1;
    } else if (lastAny >= 0) {
      part = lastAny + 1;
      retryAt += 1;
      at = retryAt;
    } else return false;
  }
  return parts.slice(part).every(({ kind }) => kind === "any");
}

const wordCharacter = /[\p{L}\p{N}]/u;

/** Whether a pattern stands somewhere in a text for whole words: neither a letter nor a digit touches it on either side. */
export function standsInText(parts: readonly PatternPart[], text: string): boolean {
  const isWord = (at: number): boolean => wordCharacter.test(text.charAt(at));
  // Every place of the pattern that may have been reached with the characters read so far.
  let reached = new Set<number>();
  for (let at = 0; at <= text.length; at += 1) {
    if (at === 0 || !isWord(at - 1)) reached.add(0);
    skipAny(parts, reached);
    if (reached.has(parts.length) && (at === text.length || !isWord(at))) return true;
    reached = new Set([...reached].flatMap((part) => readOne(parts, part, text.charAt(at))));
  }
  return false;
}

/** What stands for any number of characters may stand for none. */
function skipAny(parts: readonly PatternPart[], reached: Set<number>): void {
  for (const part of reached) if (parts[part]?.kind === "any") reached.add(part + 1);
}

function readOne(parts: readonly PatternPart[], part: number, character: string): readonly number[] {
  const wanted = parts[part];
  if (wanted === undefined) return [];
  if (wanted.kind === "any") return [part];
  return wanted.kind === "one" || wanted.text === character ? [part + 1] : [];
}

/** The parts of a pattern in which these characters stand for others, unless a backslash is before them. */
export function toPattern(
  pattern: string,
  wildcards: Readonly<Record<string, "one" | "any">>,
  { escapes = true }: { readonly escapes?: boolean } = {},
): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const isEscaped = escapes && pattern[at] === "\\" && wildcards[pattern.charAt(at + 1)] !== undefined;
    if (isEscaped) at += 1;
    const text = pattern.charAt(at);
    const kind = isEscaped ? undefined : wildcards[text];
    parts.push(kind === undefined ? { kind: "character", text } : { kind });
  }
  return parts;
}
