/**
 * Pipedrive has no field for a key of ours: it stands as plain text on a line of the call's note. Comments and unknown
 * tags may be stripped from notes, plain text is not.
 */
export const markerOf = (key: string): string => `ref:${key}`;

const marker = /\bref:(cl_[a-z0-9]{26})(?![a-z0-9])/g;

/** Every key that a note is marked with; tags within are ignored. */
export function readMarkers(note: string | null | undefined): readonly string[] {
  if (note === null || note === undefined) return [];
  // A tag that closes a line must not glue words together, one within a key must not part it.
  const spaced = note.replace(/<\/?(p|div|br|li|ul|ol|tr|td|h\d|blockquote)\b[^>]*>/gi, " ");
  const text = spaced.replace(/<[^>]*>/g, "").replaceAll("&nbsp;", " ");
  return [...new Set([...text.matchAll(marker)].map((found) => found[1] ?? ""))];
}
