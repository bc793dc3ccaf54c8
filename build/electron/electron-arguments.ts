/** Switches that Electron needs on this machine. Chromium's sandbox refuses to run as root: said, since it is a loss. */
export function electronArguments(say: (line: string) => void): readonly string[] {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return [];
  say("Running as root: Chromium's own sandbox is off. Use a normal account for real work.");
  return ["--no-sandbox"];
}
