import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault, CallInput } from "../../../src-shared/ipc/contract.ts";
import type { Examination, Finding } from "../../../src-shared/ipc/doctor-views.ts";
import type { ImportProgress, ImportSummary } from "../../../src-shared/ipc/ingest-views.ts";
import { fault } from "../host/engine.ts";
import { examineLog } from "../ingest/doctor/examine-log.ts";
import { logFormats } from "../ingest/formats/registry.ts";
import { isIgnoredName } from "../ingest/ignored-names.ts";
import { addCounts, noCounts } from "../ingest/import-counts.ts";
import { importFile, type ImportRequest, type ImportResult } from "../ingest/import-file.ts";
import { LogRefusedError } from "../ingest/log-refused.ts";
import type { MappingBook } from "../ingest/mapping/mapping-book.ts";
import { proposeMapping } from "../ingest/mapping/propose-mapping.ts";
import { describeFileError } from "../ingest/watch/file-problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { IngestStore } from "../ports/ingest-store.ts";
import type { CallContext } from "./dispatcher.ts";
import type { FileImporter } from "./import-handlers.ts";
import { createImportPace } from "./import-pace.ts";

/** Skipped rows that are told with the summary; the statement has them all. */
const shownSkippedRows = 20;

/** Findings that are told with the summary. */
const shownFindings = 200;

type ImportAsk = CallInput<"ingest:import">;
type Parts = Readonly<{ store: IngestStore; clock: Clock; mappings: MappingBook }>;
type ToRead = Readonly<{ path: string; named: boolean; bytes: number }>;
type Refused = ImportSummary["refused"][number];

/** Reads the files of an import one after another. A file of a folder that is no log is left out and named; the rest goes on. */
export function createFileImporter(parts: Parts): FileImporter {
  return {
    formats: logFormats.map(({ id }) => id),
    mappings: parts.mappings,
    examine: (ask, signal) => examineAll(parts, ask, signal),
    propose: (path, settings) => proposeMapping({ path, settings, clock: parts.clock, mappings: parts.mappings }),
    async import(ask, context) {
      const listed = await listAll(ask.paths);
      return listed.ok ? importAll(parts, ask, listed.value, context) : listed;
    },
  };
}

async function importAll(
  parts: Parts,
  ask: ImportAsk,
  files: readonly ToRead[],
  context: CallContext<ImportProgress>,
): Promise<Outcome<ImportSummary, CallFault>> {
  const results: ImportResult[] = [];
  const refused: Refused[] = [];
  const findings: Finding[] = [];
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const pace = createImportPace(parts.clock, { files: files.length, totalBytes });
  for (const { path, named, bytes } of files) {
    pace.begin(path, bytes);
    if (results.length + refused.length < examinedFiles) {
      findings.push(...(await examineQuickly(parts, ask, path, context.signal)));
    }
    const read = await readOne(parts, ask, path, context.signal, (inFile) => context.onProgress(pace.progress(inFile)));
    pace.end("result" in read ? read.result.rows : 0);
    if ("fault" in read) return { ok: false, fault: read.fault };
    if ("refusal" in read) refused.push({ file: path, reason: read.refusal, named });
    else {
      results.push(read.result);
      if (read.result.stopped) return fault("canceled", `Stopped in ${path}. Importing it again goes on from there.`);
    }
  }
  const [first] = refused;
  // One clear sentence where nothing at all could be read.
  if (results.length === 0 && first !== undefined) return fault("bad_input", `${first.file}: ${first.reason}`);
  return { ok: true, value: toSummary(results, refused, findings) };
}

/** A folder of one-call files is not looked at twice: what is wrong with one of them is wrong with the first as well. */
const examinedFiles = 100;
/** Rows of each file that an import looks at beforehand: enough to see what a spreadsheet or a wrong zone did to it. */
const examinedRows = 3000;

/** What is wrong with a file that is about to be read. What stops the reading is told by the reading itself. */
async function examineQuickly(
  { clock, mappings }: Parts,
  { format, settings }: Pick<ImportAsk, "format" | "settings">,
  path: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const asked = { path, format, settings, clock, mappings, maxRows: examinedRows, signal };
    return (await examineLog(asked)).findings.filter(({ level }) => level !== "stop");
  } catch (error) {
    if (describeFileError(error) === null) throw error;
    return [];
  }
}

/** Looks at every file of a drop, nothing stored. */
async function examineAll(
  { clock, mappings }: Parts,
  { paths, format, settings }: CallInput<"ingest:examine">,
  signal: AbortSignal,
): Promise<Outcome<Readonly<{ files: Examination[] }>, CallFault>> {
  const listed = await listAll(paths);
  if (!listed.ok) return listed;
  const files: Examination[] = [];
  for (const { path } of listed.value) {
    try {
      files.push(await examineLog({ path, format, settings, clock, mappings, signal }));
    } catch (error) {
      const problem = describeFileError(error);
      if (problem === null) throw error;
      const what = { level: "stop" as const, line: null, field: null, count: 0, does: "Nothing would be read." };
      const found: Finding = { code: "unreadable", file: path, says: problem.sentence, ...what };
      files.push({ file: path, format: null, rows: 0, isWhole: true, findings: [found] });
    }
  }
  return { ok: true, value: { files } };
}

/** Rows that an earlier reading has brought already: exports overlap, and nothing is doubled. */
function toSeenBefore({ file, rows, skipped, unchanged }: ImportResult): readonly Finding[] {
  const count = skipped.duplicate ?? 0;
  if (!unchanged && count === 0) return [];
  const says = unchanged
    ? "The file (or a copy of it) was read to its end before."
    : `${count} of ${rows} rows were read before, in this file or in another one.`;
  const does = "They are counted as duplicates and change nothing; only what is new is stored.";
  return [{ code: "seen_before", level: "note", file, line: null, field: null, count, says, does }];
}

type ReadOne = Readonly<{ result: ImportResult } | { refusal: string } | { fault: CallFault }>;

async function readOne(
  { store, clock, mappings }: Parts,
  ask: ImportAsk,
  path: string,
  signal: AbortSignal,
  onProgress: NonNullable<ImportRequest["onProgress"]>,
): Promise<ReadOne> {
  try {
    const result = await importFile({
      path,
      tenant: ask.tenant,
      system: ask.system ?? null,
      settings: ask.settings,
      format: ask.format,
      store,
      sourceId: null,
      lane: 1,
      clock,
      watched: false,
      mappings,
      signal,
      onProgress,
    });
    return { result };
  } catch (error) {
    return toProblem(error, path);
  }
}

/** What stopped a file: a person's matter or the disk's. A bug is thrown on. */
function toProblem(error: unknown, path: string): ReadOne {
  if (error instanceof LogRefusedError) {
    const isForAll = error.code === "ask" || error.code === "settings";
    return isForAll ? fault("bad_input", `${path}: ${error.message}`) : { refusal: error.message };
  }
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined || !(error instanceof Error)) throw error;
  if (code === "EACCES" || code === "EPERM" || code === "ENOENT" || code === "EBUSY")
    return { refusal: describeFileError(error)?.sentence ?? error.message };
  return fault("failed", `Reading ${path} stopped: ${error.message}. What was read is kept; import it again to go on.`);
}

async function listAll(paths: readonly string[]): Promise<Outcome<readonly ToRead[], CallFault>> {
  const files: ToRead[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return fault("bad_input", `There is no file or folder ${path}.`);
    if (!found.isDirectory()) {
      files.push({ path, named: true, bytes: found.size });
      continue;
    }
    const inside = await listFolder(path);
    if (inside.length === 0) return fault("bad_input", `The folder ${path} holds no file that could be a call log.`);
    files.push(...inside.map((file) => ({ ...file, named: false })));
  }
  return { ok: true, value: files };
}

/** All files below a folder in the order of their names, but for what systems and unfinished downloads leave there. */
async function listFolder(folder: string): Promise<readonly Omit<ToRead, "named">[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: Omit<ToRead, "named">[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isIgnoredName(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await listFolder(path)));
    else if (entry.isFile()) {
      // What was taken away meanwhile is told of when its turn comes.
      const found = await stat(path).catch(() => undefined);
      files.push({ path, bytes: found?.size ?? 0 });
    }
  }
  return files;
}

/** What several readings did, added up. */
export function toSummary(
  results: readonly ImportResult[],
  refused: readonly Refused[],
  findings: readonly Finding[] = [],
): ImportSummary {
  const counts = results.reduce(addCounts, noCounts);
  const skippedRows = results
    .flatMap(({ file, skippedRows: rows }) => rows.map((row) => ({ ...row, file: row.file ?? file })))
    .slice(0, shownSkippedRows);
  return {
    ...counts,
    skipped: { ...counts.skipped },
    excluded: { ...counts.excluded },
    files: results.length,
    alreadyRead: results.filter(({ unchanged }) => unchanged).length,
    formats: [...new Set(results.map(({ format }) => format))],
    findings: [...findings, ...results.flatMap(toSeenBefore)].slice(0, shownFindings),
    refused: [...refused],
    skippedRows: skippedRows.map(({ file, line, reason, detail }) => ({
      file,
      line: line ?? null,
      reason,
      detail: detail ?? null,
    })),
  };
}
