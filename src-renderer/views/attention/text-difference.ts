/** A part of a text: as it was, taken out, or put in. */
export type TextPart = Readonly<{ kind: "same" | "removed" | "added"; text: string }>;

/** Words with the space after them, so that a difference never cuts a word in two. */
const wordsOf = (text: string): readonly string[] => text.match(/\S+\s*|\s+/g) ?? [];

function countEqual(a: readonly string[], b: readonly string[], most: number): number {
  let count = 0;
  while (count < most && a[count] === b[count]) count += 1;
  return count;
}

/** What changed from one text to another, as one stretch of words: beginning and end stay as they are. */
export function toDifference(before: string, after: string): readonly TextPart[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const most = Math.min(old.length, now.length);
  const head = countEqual(old, now, most);
  const tail = countEqual(old.toReversed(), now.toReversed(), most - head);
  const parts: readonly TextPart[] = [
    { kind: "same", text: now.slice(0, head).join("") },
    { kind: "removed", text: old.slice(head, old.length - tail).join("") },
    { kind: "added", text: now.slice(head, now.length - tail).join("") },
    { kind: "same", text: now.slice(now.length - tail).join("") },
  ];
  return parts.filter(({ text }) => text !== "");
}
