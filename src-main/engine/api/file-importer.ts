import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault, CallInput } from "../../../src-shared/ipc/contract.ts";
import type { ImportProgress, ImportSummary } from "../../../src-shared/ipc/ingest-views.ts";
import { fault } from "../host/engine.ts";
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

type ImportAsk = CallInput<"ingest:import">;
type Parts = Readonly<{ store: IngestStore; clock: Clock; mappings: MappingBook }>;
type ToRead = Readonly<{ path: string; named: boolean; bytes: number }>;
type Refused = ImportSummary["refused"][number];

/** Reads the files of an import one after another. A file of a folder that is no log is left out and named; the rest goes on. */
export function createFileImporter(parts: Parts): FileImporter {
  return {
    formats: logFormats.map(({ id }) => id),
    mappings: parts.mappings,
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
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const pace = createImportPace(parts.clock, { files: files.length, totalBytes });
  for (const { path, named, bytes } of files) {
    pace.begin(path, bytes);
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
  return { ok: true, value: toSummary(results, refused) };
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
export function toSummary(results: readonly ImportResult[], refused: readonly Refused[]): ImportSummary {
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
    refused: [...refused],
    skippedRows: skippedRows.map(({ file, line, reason, detail }) => ({
      file,
      line: line ?? null,
      reason,
      detail: detail ?? null,
    })),
  };
}
