import type { MappedColumn } from "../../../../src-shared/ipc/mapping-views.ts";
import { findHeaderMeanings, type ColumnField } from "../records/header-words.ts";
import type { LogRecord } from "../records/log-record.ts";
import type { ColumnProfile } from "../formats/generic-csv/column-values.ts";
import { noColumns, type ColumnName, type Columns } from "../formats/generic-csv/plan.ts";

/** What a proposal knows of a table: its header, its first rows, what their values look like. */
export type MappedTable = Readonly<{
  header: readonly string[];
  rows: readonly LogRecord[];
  profiles: readonly ColumnProfile[];
}>;

type Fit = Readonly<{ share: (profile: ColumnProfile) => number; says: string }>;

/** What values of a column have to look like to be a field. */
const fits: Readonly<Partial<Record<ColumnName, Fit>>> = {
  start: { share: ({ moment, epoch, day }) => Math.max(moment, epoch, day), says: "dates" },
  time: { share: ({ time }) => time, says: "times of day" },
  from: { share: ({ phone }) => phone, says: "telephone numbers" },
  to: { share: ({ phone }) => phone, says: "telephone numbers" },
  remote: { share: ({ longPhone }) => longPhone, says: "telephone numbers" },
  did: { share: ({ phone }) => phone, says: "telephone numbers" },
  talk: { share: ({ duration }) => duration, says: "lengths of calls" },
  duration: { share: ({ duration }) => duration, says: "lengths of calls" },
  ring: { share: ({ duration }) => duration, says: "lengths" },
  direction: { share: ({ direction }) => direction, says: "words for a direction" },
  status: { share: ({ status }) => status, says: "words for a result" },
};

const isField = (name: ColumnName): name is ColumnName & ColumnField => name !== "time";

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Whether the header says that a column is that field, and with which rank among the known words. */
function readHeaderFit(name: ColumnName, text: string): number | null {
  const field = isField(name) ? name : "start";
  return findHeaderMeanings(text).find((meaning) => meaning.field === field)?.rank ?? null;
}

/** The name of a column, or its number where it has none. */
export function nameColumn(header: readonly string[], index: number): string {
  const name = header[index] ?? "";
  return name === "" ? `column ${index + 1}` : name;
}

function toMapped(
  { header, rows, profiles }: MappedTable,
  name: ColumnName,
  index: number,
  told: boolean,
): MappedColumn {
  const profile = profiles[index];
  const rank = readHeaderFit(name, header[index] ?? "");
  const fit = fits[name];
  const share = profile === undefined || fit === undefined || profile.filled === 0 ? null : fit.share(profile);
  const evidence = [
    ...(told ? ["you named it"] : []),
    ...(rank === null ? [] : [`its name is one that systems give to this`]),
    ...(share === null || fit === undefined ? [] : [`${percent(share)} of its values are ${fit.says}`]),
    ...(profile?.filled === 0 ? ["it is empty in the rows that were looked at"] : []),
  ];
  const byName = rank === null ? 0 : rank < 6 ? 0.6 : 0.5;
  const byValues = share === null ? 0.2 : share * 0.4;
  const others = profiles
    .filter((other) => other.index !== index && readHeaderFit(name, header[other.index] ?? "") !== null)
    .map((other) => nameColumn(header, other.index));
  const examples = rows.map(({ cells }) => (cells[index] ?? "").trim()).filter((cell) => cell !== "");
  return {
    field: name,
    column: nameColumn(header, index),
    confidence: told ? 1 : Math.round(Math.min(1, byName + byValues) * 100) / 100,
    evidence,
    examples: [...new Set(examples)].slice(0, 3),
    others,
  };
}

/** Every column of the table that a field was found for, with what speaks for it. */
export function describeColumns(
  table: MappedTable,
  columns: Columns,
  told: ReadonlySet<string>,
): readonly MappedColumn[] {
  const names = Object.keys(noColumns).filter((name): name is ColumnName => Object.hasOwn(columns, name));
  return names.flatMap((name) => {
    const index = columns[name];
    return index < 0 ? [] : [toMapped(table, name, index, told.has(name))];
  });
}

const likely = 0.8;

/** Fills what the header leaves open by what the values look like; no column serves two fields. */
export function completeColumns({ profiles }: MappedTable, columns: Columns): Columns {
  const used = new Set(Object.values(columns).filter((index) => index >= 0));
  const take = (share: (profile: ColumnProfile) => number, least = likely): number => {
    const found = profiles.find((profile) => !used.has(profile.index) && profile.filled > 0 && share(profile) >= least);
    if (found === undefined) return -1;
    used.add(found.index);
    return found.index;
  };
  const full: Record<ColumnName, number> = { ...columns };
  const fill = (name: ColumnName, share: (profile: ColumnProfile) => number, least?: number): void => {
    if (full[name] < 0) full[name] = take(share, least);
  };
  if (full.start < 0) {
    fill("start", ({ moment }) => moment);
    if (full.start < 0) {
      fill("start", ({ day }) => day);
      if (full.start >= 0 && (profiles[full.start]?.day ?? 0) >= likely) fill("time", ({ time }) => time);
    }
  }
  fill("direction", ({ direction, distinct }) => (distinct <= 6 ? direction : 0));
  if (full.remote < 0) {
    const long = ({ phone, longPhone, clock, day, moment }: ColumnProfile): number =>
      clock + day + moment > 0.2 || longPhone < 0.2 ? 0 : phone;
    if (full.from < 0) fill("from", long);
    if (full.to < 0)
      fill("to", ({ phone, clock, day, moment, distinct }) => (clock + day + moment > 0.2 || distinct < 2 ? 0 : phone));
    // One column of numbers is the outside party, whichever way the call went.
    if (full.from >= 0 && full.to < 0 && columns.from < 0) [full.remote, full.from] = [full.from, -1];
  }
  if (full.talk < 0 && full.duration < 0)
    fill("duration", ({ duration, clock, phone }) => (clock >= likely || phone < likely ? duration : 0));
  fill("status", ({ status, distinct }) => (distinct <= 12 ? status : 0));
  return full;
}
