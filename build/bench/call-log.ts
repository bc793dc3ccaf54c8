import { writeFile } from "node:fs/promises";

/** Numbers from the range kept for fiction; each belongs to one contact of the sandbox. */
export function listCallers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `+447700${String(900_000 + index)}`);
}

const quoted = (cells: readonly (string | number)[]): string => cells.map((cell) => `"${cell}"`).join(",");
const toStamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** Writes an Asterisk log of plain answered calls from these callers, in turn, a minute apart. Times are UTC. */
export async function writeCallLog(file: string, calls: number, callers: readonly string[]): Promise<void> {
  const firstAt = Date.UTC(2026, 0, 5, 8);
  const lines = Array.from({ length: calls }, (_, index) => {
    const caller = callers[index % callers.length] ?? "";
    const at = firstAt + index * 60_000;
    const id = `${at / 1_000}.${index + 1}`;
    const times = [toStamp(at), toStamp(at + 5_000), toStamp(at + 50_000)];
    const channels = [`PJSIP/trunk-${index}`, "PJSIP/201-1", "Dial", "PJSIP/201,30,tr"];
    return quoted([
      "",
      caller,
      "201",
      "from-trunk",
      caller,
      ...channels,
      ...times,
      50,
      45,
      "ANSWERED",
      "DOCUMENTATION",
      id,
      "",
    ]);
  });
  await writeFile(file, `${lines.join("\n")}\n`);
}
