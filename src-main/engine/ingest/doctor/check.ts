import type { Finding } from "../../../../src-shared/ipc/doctor-views.ts";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { TextEncoding } from "../bytes/text-encoding.ts";
import type { RowOutcome } from "../formats/log-format.ts";
import type { LogRecord } from "../records/log-record.ts";

/** What checks know of a file before its first row. */
export type CheckedFile = Readonly<{
  format: string;
  settings: SourceSettings;
  encoding: TextEncoding;
  /** Names of the columns; empty where the log has none. */
  header: readonly string[];
  /** Zone of the log's local times. */
  zone: string;
  now: number;
  /** When the file was written last, epoch ms. */
  modifiedAt: number;
}>;

/** What a check has to say; the file's name is put in by whoever asks. */
export type Found = Omit<Finding, "file">;

/** How much of the file passed: all of it, or its beginning. */
export type CheckEnd = Readonly<{ rows: number; isWhole: boolean }>;

/** Looks at rows as they pass, in constant memory. */
export type Check = Readonly<{
  row(record: LogRecord, outcome: RowOutcome): void;
  end(end: CheckEnd): readonly Found[];
}>;

export type CreateCheck = (file: CheckedFile) => Check;

/** The name of a column for a message. */
export function toField(header: readonly string[], index: number): string {
  const name = header[index] ?? "";
  return name === "" ? `column ${index + 1}` : name;
}

export const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
