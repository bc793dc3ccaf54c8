import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toCallJson, type CallJson } from "../../src-main/engine/ingest/call-json.ts";
import { parseLog, type ParseSummary } from "../../src-main/engine/ingest/parse-log.ts";
import type { ReadCall } from "../../src-main/engine/ports/ingest-store.ts";
import type { SourceSettings } from "../../src-shared/domain/source-settings.ts";

export type Parsed = Readonly<{ calls: readonly CallJson[]; read: readonly ReadCall[]; summary: ParseSummary }>;

/** A moment after all fixtures were written. */
export const readingTime = Date.UTC(2026, 10, 21, 12);

export const settingsOfOffice: SourceSettings = {
  region: "GB",
  timeZone: "Europe/London",
  outsideLinePrefix: "9",
  extensionLengths: [3, 4],
};

export async function parsePath(
  path: string,
  settings: SourceSettings = settingsOfOffice,
  format = "auto",
): Promise<Parsed> {
  const log = await parseLog({ path, format, settings, clock: { now: () => readingTime } });
  const read: ReadCall[] = [];
  for await (const call of log.calls) read.push(call);
  return { calls: read.map(({ record }) => toCallJson(record)), read, summary: log.summary() };
}

/** Runs with a file of that content in a folder of its own, which is gone afterwards. */
export async function withFile<T>(
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
  name = "log.csv",
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "callledger-log-"));
  try {
    const path = join(folder, name);
    writeFileSync(path, content);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const parseText = (
  content: string | Uint8Array,
  settings: SourceSettings = settingsOfOffice,
  format = "auto",
): Promise<Parsed> => withFile(content, (path) => parsePath(path, settings, format));
