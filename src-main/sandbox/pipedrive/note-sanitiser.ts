import type { PipedriveConfig } from "./configuration.ts";

const knownTags = new Set(
  "a b blockquote br code div em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strike strong sub sup table tbody td th thead tr u ul".split(
    " ",
  ),
);

/** What is left of a note's HTML once it is stored. Comments go unless everything is kept. */
export function sanitiseNote(note: string, mode: PipedriveConfig["noteSanitiser"]): string {
  if (mode === "keep") return note;
  const bare = note.replace(/<!--[\s\S]*?-->/g, "");
  return bare.replace(/<\/?([A-Za-z][\w-]*)[^>]*>/g, (tag, name: string) =>
    mode === "unknownTags" && knownTags.has(name.toLowerCase()) ? tag : "",
  );
}
