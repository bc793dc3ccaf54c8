import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { AuditEntryView } from "../../src-shared/ipc/audit-views.ts";
import { badUsage } from "./cli-fault.ts";
import { toCsvLine } from "./spreadsheet.ts";

export type ExportTarget = Readonly<{ write(entry: AuditEntryView): Promise<void>; close(): Promise<void> }>;

const columns = [
  "id",
  "at",
  "tenant",
  "callId",
  "deliveryId",
  "integrationId",
  "operation",
  "outcome",
  "summary",
  "status",
  "code",
  "reason",
  "nextRetryAt",
  "payload",
  "hash",
] as const satisfies readonly (keyof AuditEntryView)[];

/** Times as ISO 8601 in UTC: a spreadsheet and a script read them alike. */
const toRecord = (entry: AuditEntryView): Readonly<Record<(typeof columns)[number], string | number | null>> => ({
  ...entry,
  at: new Date(entry.at).toISOString(),
  nextRetryAt: entry.nextRetryAt === null ? null : new Date(entry.nextRetryAt).toISOString(),
});

/** Where the entries go; an existing file is never overwritten. */
export async function openExport(format: "csv" | "jsonl", file: string | undefined): Promise<ExportTarget> {
  const stream = file === undefined ? process.stdout : await openNew(file);
  const put = async (text: string) => {
    if (!stream.write(text)) await once(stream, "drain");
  };
  // The mark tells spreadsheets that the text is UTF-8.
  if (format === "csv") await put(`${file === undefined ? "" : "\uFEFF"}${toCsvLine(columns)}`);
  return {
    async write(entry) {
      const record = toRecord(entry);
      await put(
        format === "jsonl" ? `${JSON.stringify(record)}\n` : toCsvLine(columns.map((column) => record[column])),
      );
    },
    async close() {
      if (file === undefined) return;
      stream.end();
      await finished(stream);
    },
  };
}

async function openNew(file: string): Promise<Writable> {
  const stream = createWriteStream(file, { flags: "wx", mode: 0o600 });
  try {
    await once(stream, "open");
  } catch (error) {
    const why =
      error instanceof Error && "code" in error && error.code === "EEXIST"
        ? "it exists already"
        : "it cannot be created";
    throw badUsage(`The file ${file} is not written: ${why}.`);
  }
  return stream;
}
