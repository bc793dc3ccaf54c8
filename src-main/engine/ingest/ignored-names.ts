const endings: readonly string[] = [".tmp", ".part", ".partial", ".crdownload", ".filepart", ".download"].concat([
  ".opdownload",
  ".swp",
  ".swx",
  ".lock",
]);

const names = new Set(["thumbs.db", "desktop.ini", ".ds_store"]);

/** True for names of files that are still being written, or that systems leave behind: they are never call logs. */
export function isIgnoredName(name: string): boolean {
  const lower = name.toLowerCase();
  if (lower.startsWith(".") || lower.startsWith("~$") || names.has(lower)) return true;
  return endings.some((ending) => lower.endsWith(ending));
}
