import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { Examination, Finding, FindingCode } from "../../../../src-shared/ipc/doctor-views.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FormatState } from "../formats/log-format.ts";
import {
  chooseFormat,
  createScan,
  openFile,
  readRecords,
  readSample,
  readZone,
  toContext,
  type OpenFile,
} from "../log-file.ts";
import { LogRefusedError, type RefusalCode } from "../log-refused.ts";
import { applyMapping, type MappingFinder } from "../mapping/mapping-book.ts";
import type { Check, CheckedFile, CreateCheck, Found } from "./check.ts";
import { createLostDigitsCheck, createMixedDatesCheck, createSpreadsheetCheck } from "./cell-checks.ts";
import { createEncodingCheck, createIdentityCheck, createLimitCheck, createSkippedCheck } from "./row-checks.ts";
import { createClockJumpCheck, createFutureCheck, createOddHoursCheck } from "./time-checks.ts";

export type ExamineRequest = Readonly<{
  path: string;
  /** A format's name, or `auto`. */
  format: string;
  settings: SourceSettings;
  clock: Pick<Clock, "now">;
  mappings?: MappingFinder;
  /** Rows that are looked at; the rest of a longer file is not. */
  maxRows?: number;
  signal?: AbortSignal;
}>;

const usualRows = 20_000;

const checks: readonly CreateCheck[] = [
  createSkippedCheck,
  createLimitCheck,
  createSpreadsheetCheck,
  createLostDigitsCheck,
  createMixedDatesCheck,
  createEncodingCheck,
  createFutureCheck,
  createOddHoursCheck,
  createClockJumpCheck,
  createIdentityCheck,
];

const refusals: Readonly<Record<RefusalCode, FindingCode>> = {
  empty: "empty",
  binary: "binary",
  unknown_format: "not_a_log",
  ask: "question",
  settings: "unusable_settings",
  not_a_file: "unreadable",
  unfinished: "half_written",
  outside: "unreadable",
};

const advice: Readonly<Partial<Record<FindingCode, string>>> = {
  empty: "Nothing would be read. Look whether the export found any calls.",
  question: "Nothing would be read before this is answered: a wrong guess would be part of every call's id.",
  not_a_log: "Nothing would be read. callledger calls map FILE proposes how a table of calls is read.",
  half_written: "Nothing would be read yet; it is read when it is whole.",
};

function toStop(file: string, { code, message }: LogRefusedError): Finding {
  const found = refusals[code];
  const does = advice[found] ?? "Nothing would be read.";
  return { code: found, level: "stop", file, line: null, field: null, count: 0, says: message, does };
}

/** Names of the columns, wherever a format keeps them in what it settled. */
function findHeader(state: FormatState): readonly string[] {
  for (const [name, value] of Object.entries(state)) {
    if (name === "header" && Array.isArray(value)) return value.map(String);
    const isInner = (name === "state" || name === "plan") && typeof value === "object" && value !== null;
    if (isInner) return findHeader({ ...value });
  }
  return [];
}

type Look = Readonly<{ format: string; rows: number; isWhole: boolean; findings: readonly Omit<Finding, "file">[] }>;

async function look(file: OpenFile, request: ExamineRequest): Promise<Look> {
  const { clock, maxRows = usualRows, signal } = request;
  const { format: name, settings } = await applyMapping(request, request.mappings, async () => {
    return (await readSample(file, request.settings)).sample;
  });
  const { encoding, sample } = await readSample(file, settings);
  const { format } = chooseFormat(name, sample, settings);
  const context = toContext(file, settings, clock.now());
  const state = await format.prepare(sample, context, createScan(file, encoding));
  const log = format.open(state, context);
  const checked: CheckedFile = {
    format: format.id,
    settings,
    encoding,
    header: findHeader(state),
    zone: readZone(settings),
    now: clock.now(),
    modifiedAt: file.stats.mtimeMs,
  };
  const running: readonly Check[] = checks.map((create) => create(checked));
  let rows = 0;
  let isWhole = true;
  const start = { offset: encoding.bomLength, line: 1 };
  for await (const { records } of readRecords(file.handle, { encoding, start, open: log, takesTail: true })) {
    for (const record of records) {
      const read = log.read(record);
      // A last row that lacks its end and cannot be read is cut, whatever the format calls it.
      const isCut = read?.kind === "skip" && !record.terminated && /^(?:malformed|invalid_date)$/.test(read.reason);
      const outcome = isCut ? { ...read, reason: "truncated_tail" as const } : read;
      if (outcome !== null) rows += 1;
      for (const check of running) check.row(record, outcome);
    }
    if (rows >= maxRows || signal?.aborted === true) {
      isWhole = false;
      break;
    }
  }
  const findings = [...file.remarks.map(toRemark), ...running.flatMap((check) => check.end({ rows, isWhole }))];
  return { format: format.id, rows, isWhole, findings };
}

/** A remark of the unpacking. */
const toRemark = (says: string): Found => ({
  code: "other_sheets",
  level: "note",
  line: null,
  field: null,
  count: 0,
  says,
  does: "To have another sheet read, save it as a file of its own.",
});

const levels = ["stop", "warning", "note"] as const;

/**
 * Looks at a file before anything of it is stored: what is damaged, missing, doubtful or was read wrong, each with line and
 * field, and what would be done. Reads at most `maxRows` rows, in constant memory. File errors are thrown.
 */
export async function examineLog(request: ExamineRequest): Promise<Examination> {
  const { path } = request;
  try {
    const file = await openFile(path);
    try {
      const { format, rows, isWhole, findings } = await look(file, request);
      const sorted = findings.toSorted((left, right) => levels.indexOf(left.level) - levels.indexOf(right.level));
      return { file: path, format, rows, isWhole, findings: sorted.map((found) => ({ ...found, file: path })) };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    return { file: path, format: null, rows: 0, isWhole: true, findings: [toStop(path, error)] };
  }
}
