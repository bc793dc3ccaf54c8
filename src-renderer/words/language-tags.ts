/**
 * The tags that the language standard knows. A system without a language set (`LANG=C`) makes Chromium name ones that it
 * does not know, and every formatter throws on those.
 */
export const knownTags = (tags: readonly string[]): readonly string[] => tags.filter(isKnown);

function isKnown(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
