import { basename } from "node:path";
import { mappingSettings, type MappingSettings } from "../../../../src-shared/domain/log-mapping.ts";
import { sourceSettings, type SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { MappingProposal, MappingQuestion } from "../../../../src-shared/ipc/mapping-views.ts";
import type { Clock } from "../../ports/clock.ts";
import { guessColumns, profileColumns, chooseStart } from "../formats/generic-csv/column-values.ts";
import { genericCsv } from "../formats/generic-csv/format.ts";
import { findStartColumns, mapHeader, readToldColumns } from "../formats/generic-csv/header-row.ts";
import { readTableHead } from "../formats/generic-csv/settle.ts";
import { noColumns, planSchema, type ColumnName, type Columns, type Plan } from "../formats/generic-csv/plan.ts";
import { createWordReader, isTotalsLabel } from "../formats/generic-csv/value-words.ts";
import type { LogSample } from "../formats/log-format.ts";
import { rankFormats } from "../formats/registry.ts";
import { createScan, openFile, readSample, toContext, type OpenFile, type Sampled } from "../log-file.ts";
import { LogRefusedError } from "../log-refused.ts";
import { createPhoneNumbers } from "../numbers/phone-numbers.ts";
import { readPlaces } from "../records/fixed-places.ts";
import { readSampleRecords, sniffSample } from "../presets/sample-records.ts";
import { completeColumns, describeColumns, type MappedTable } from "./mapped-columns.ts";
import { readTableHeader, toFingerprint } from "./header-fingerprint.ts";
import type { MappingBook } from "./mapping-book.ts";
import { previewCalls, type Preview } from "./mapping-preview.ts";
import { findQuestions } from "./mapping-questions.ts";
import { describeClock, describeDirection, describeOrder, describeUnit, describeZone } from "./mapping-rules.ts";

export type ProposalAsk = Readonly<{
  path: string;
  /** What is known already: answers, country, zone. */
  settings: SourceSettings;
  clock: Pick<Clock, "now">;
  mappings: Pick<MappingBook, "read">;
}>;

const judgedRows = 300;
const leastScore = 0.4;

/** Lines of a fixed width, whose columns were named by their places: nothing is guessed beside them. */
function readPlacedTable(sample: LogSample, settings: SourceSettings) {
  const { rows, width, columns } = readTableHead(sample, settings);
  const profiles = profileColumns(rows, width, createWordReader(settings.words));
  return { table: { header: [], rows, profiles }, columns: columns ?? noColumns };
}

/** The table at the beginning of a file with its columns, as far as names and values tell. */
function readTable({ sample }: Sampled, settings: SourceSettings): Readonly<{ table: MappedTable; columns: Columns }> {
  if (readPlaces(settings.columns) !== null) return readPlacedTable(sample, settings);
  const { layout, hasSepLine, columns: width } = sniffSample(sample, settings.delimiter);
  const header = readTableHeader(sample, settings);
  const headerLine = header?.line ?? (hasSepLine ? 1 : 0);
  const names = header?.names ?? [];
  const rows = readSampleRecords(sample, layout)
    .filter(({ line, fault, cells }) => line > headerLine && fault === null && !isTotalsLabel(cells[0] ?? ""))
    .slice(0, judgedRows);
  const count = Math.max(names.length, width);
  const profiles = profileColumns(rows, count, createWordReader(settings.words));
  const table = { header: names, rows, profiles };
  const told = readToldColumns(settings, names, count);
  if (header === null) {
    const guessed = guessColumns(profiles) ?? noColumns;
    return { table, columns: completeColumns(table, { ...guessed, ...told }) };
  }
  const mapped = mapHeader(names, told);
  const used = new Set(Object.values(mapped).filter((index) => index >= 0));
  const when = mapped.start >= 0 ? null : chooseStart(profiles, findStartColumns(names, used));
  return { table, columns: completeColumns(table, when === null ? mapped : { ...mapped, ...when }) };
}

/** Columns in the words of the settings: the header's text, else the number. */
function toColumnSettings({ header }: MappedTable, columns: Columns): Readonly<Record<string, string>> {
  const names = Object.keys(noColumns).filter((name): name is ColumnName => Object.hasOwn(columns, name));
  return Object.fromEntries(
    names.flatMap((name) => {
      const index = columns[name];
      if (index < 0) return [];
      const text = header[index] ?? "";
      const isUnique = text !== "" && header.findIndex((other) => other === text) === index;
      return [[name, isUnique ? text : String(index + 1)]];
    }),
  );
}

/** Settings with the first answer of each open question, so that calls can be shown; lists and tables are joined. */
function assumeFirst(settings: SourceSettings, questions: readonly MappingQuestion[]): SourceSettings {
  const assumed = new Map<string, unknown>(Object.entries(settings));
  for (const { answers } of questions) {
    for (const [name, value] of Object.entries(answers[0]?.settings ?? {})) {
      const known = assumed.get(name);
      const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
      assumed.set(name, isTable && typeof known === "object" ? { ...known, ...value } : value);
    }
  }
  return sourceSettings.parse(Object.fromEntries(assumed));
}

type Settled = Readonly<{ plan: Plan | null; isOrderOpen: boolean; why: string | null }>;

/** What the import would settle, and whether the dates keep it from settling. */
async function settle(
  file: OpenFile,
  { sample, encoding }: Sampled,
  settings: SourceSettings,
  now: number,
): Promise<Settled> {
  const prepare = async (asked: SourceSettings): Promise<Plan> =>
    planSchema.parse(await genericCsv.prepare(sample, toContext(file, asked, now), createScan(file, encoding)));
  const fixed: SourceSettings = { ...settings, clock: settings.clock ?? "24h" };
  try {
    return { plan: await prepare(fixed), isOrderOpen: false, why: null };
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    if (error.code !== "ask") return { plan: null, isOrderOpen: false, why: error.message };
    return { plan: await prepare({ ...fixed, dateOrder: "DMY" }), isOrderOpen: true, why: null };
  }
}

function toSaved(
  settings: SourceSettings,
  columns: Readonly<Record<string, string>>,
  plan: Plan | null,
): MappingSettings {
  const known = Object.fromEntries(
    Object.keys(mappingSettings.shape).flatMap((name) => {
      const value = Object.entries(settings).find(([key]) => key === name)?.[1];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const order = plan === null || plan.dateOrder === "YMD" ? {} : { dateOrder: plan.dateOrder };
  return mappingSettings.parse({ ...order, ...known, columns });
}

async function previewOrNothing(ask: Parameters<typeof previewCalls>[0]): Promise<Preview> {
  try {
    return await previewCalls(ask);
  } catch (error) {
    if (error instanceof LogRefusedError) return { calls: [], skipped: [] };
    throw error;
  }
}

/**
 * Proposes how a table is to be read: columns, order of dates, clock, zone, unit of durations and direction, each with what
 * in the data speaks for it; what the data leaves open is asked, and ten calls show what would come of it. Nothing is
 * stored. Throws `LogRefusedError` when the file is no text, or no table at all.
 */
export async function proposeMapping(ask: ProposalAsk): Promise<MappingProposal> {
  const { path, clock, mappings } = ask;
  const file = await openFile(path);
  try {
    const sampled = await readSample(file, ask.settings);
    const header = readTableHeader(sampled.sample, ask.settings);
    const fingerprint = header === null ? null : toFingerprint(header.names);
    const saved = fingerprint === null ? null : await mappings.read(fingerprint);
    const given: SourceSettings = { ...saved?.settings, ...ask.settings };
    const { table, columns } = readTable(sampled, given);
    if (table.rows.length === 0 || table.profiles.length < 2) {
      throw new LogRefusedError(
        "unknown_format",
        "This is no table: its lines do not split into columns alike. Columns of lines of a fixed width are named by their places: --column start=1-8.",
      );
    }
    const isPlaced = readPlaces(given.columns) !== null;
    const settings: SourceSettings = isPlaced ? given : { ...given, columns: toColumnSettings(table, columns) };
    const now = clock.now();
    const settled = await settle(file, sampled, settings, now);
    const readWord = createWordReader(settings.words);
    const numbers = createPhoneNumbers(settings);
    const questions = findQuestions({ table, columns, settings, numbers, readWord, isOrderOpen: settled.isOrderOpen });
    const [best] = rankFormats(sampled.sample, ask.settings);
    const isKnown = best !== undefined && best.score >= leastScore && best.format.id !== genericCsv.id;
    const assumed = assumeFirst(settings, questions);
    const rules = { table, columns, settings, plan: settled.plan, isOrderOpen: settled.isOrderOpen, readWord };
    return {
      file: basename(path),
      recognised: isKnown ? { format: best.format.id, score: best.score, evidence: [...best.evidence] } : null,
      fingerprint,
      saved,
      header: [...table.header],
      columns: [...describeColumns(table, columns, new Set(Object.keys(given.columns ?? {})))],
      dateOrder: describeOrder(rules),
      clock: describeClock(rules),
      timeZone: describeZone(rules),
      durationUnit: describeUnit(rules),
      direction: describeDirection(rules, numbers),
      questions: [...questions],
      ...(await previewOrNothing({ file, sampled, settings: assumed, now })),
      settings: toSaved(settings, settings.columns ?? {}, settled.isOrderOpen ? null : settled.plan),
    };
  } finally {
    await file.handle.close();
  }
}
