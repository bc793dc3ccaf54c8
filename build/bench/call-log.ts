import { writeFile } from "node:fs/promises";

/** Numbers from the range kept for fiction; each belongs to one contact of the sandbox. */
export function listCallers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `+447700${String(900_000 + index)}`);
}

const quoted = (cells: readonly (string | number)[]): string => cells.map((cell) => `"${cell}"`).join(",");
const toStamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** A plain answered call that took 50 seconds, as a row of an Asterisk log. Times are UTC. */
export function toAsteriskRow(caller: string, startedAt: number, sequence: number): string {
  const times = [toStamp(startedAt), toStamp(startedAt + 5_000), toStamp(startedAt + 50_000)];
  const channels = [`PJSIP/trunk-${sequence}`, "PJSIP/201-1", "Dial", "PJSIP/201,30,tr"];
  const id = `${Math.floor(startedAt / 1_000)}.${sequence}`;
  const ends = ["ANSWERED", "DOCUMENTATION", id, ""];
  return `${quoted(["", caller, "201", "from-trunk", caller, ...channels, ...times, 50, 45, ...ends])}\n`;
}

/** The same as a row of an Avaya IP Office, which says that no other row of the call follows. */
export function toAvayaRow(caller: string, startedAt: number, sequence: number): string {
  const times = [toStamp(startedAt).replaceAll("-", "/"), "00:00:45", 5];
  const parties = [caller.replace(/^\+44/, "0"), "I", "201", "02079460012", "", 0];
  const ends = [1_000_000_000 + sequence, 0, "E201", "Alice Example", "T9001", "Line 1.1", 0, 0];
  return `${[...times, ...parties, ...ends].join(",")}${",".repeat(13)}\n`;
}

/** Writes an Asterisk log of such calls from these callers, in turn, a minute apart. */
export async function writeCallLog(file: string, calls: number, callers: readonly string[]): Promise<void> {
  const firstAt = Date.UTC(2026, 0, 5, 8);
  const rows = Array.from({ length: calls }, (_, index) =>
    toAsteriskRow(callers[index % callers.length] ?? "", firstAt + index * 60_000, index + 1),
  );
  await writeFile(file, rows.join(""));
}
