import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sniffLayout, splitText } from "../../../src-main/engine/ingest/records/delimiter.ts";
import { sourceSettings, type SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { parseText, type Parsed } from "../../builders/parsed-log.ts";

/** What a spreadsheet, a mail program or a script does to a log changes none of its calls. */
const folder = join(import.meta.dirname, "../../fixtures/call-logs");
const keptLines = 9;

type Sample = Readonly<{ format: string; text: string; settings: SourceSettings }>;

const lineFormats = new Set(["avaya-cm-cdr", "panasonic-smdr", "mitel-smdr"]);
const unquoted = new Set(["3cx-cdr-log", "avaya-ipoffice-smdr", ...lineFormats]);
const headerless = new Set(["asterisk-cdr-csv", "asterisk-cdr-custom", "freeswitch-cdr-csv", ...unquoted]);

const samples: readonly Sample[] = readdirSync(folder).flatMap((format) =>
  readdirSync(join(folder, format))
    .filter((name) => existsSync(join(folder, format, `${name}.expected.json`)) && !name.startsWith("cmr_"))
    .map((name): Sample => {
      const expected = JSON.parse(readFileSync(join(folder, format, `${name}.expected.json`), "utf8")) as {
        assume: unknown;
        encoding?: string;
      };
      const bytes = readFileSync(join(folder, format, name));
      const isLatin = /1252|8859/.test(expected.encoding ?? "");
      const text = bytes
        .toString(bytes[0] === 0xff ? "utf16le" : isLatin ? "latin1" : "utf8")
        .replace(/^\uFEFF/, "")
        .replaceAll(/\r\n?/g, "\n");
      const isDocument = /\.(?:json|xml)$/.test(name);
      const kept = isDocument ? text : `${text.split("\n").slice(0, keptLines).join("\n").trimEnd()}\n`;
      return { format, text: kept, settings: sourceSettings.parse(expected.assume) };
    }),
);

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** The cells of a sample, without a `sep=` line, by the delimiter that it is written with. */
function readTable({ text }: Sample): Readonly<{ delimiter: string; rows: readonly (readonly string[])[] }> {
  const { layout } = sniffLayout(text);
  const body = text.startsWith("sep=") ? text.slice(text.indexOf("\n") + 1) : text;
  return { delimiter: layout.delimiter, rows: splitText(body, layout).map(({ cells }) => cells) };
}

const join2 = (rows: readonly (readonly string[])[], delimiter: string): string =>
  `${rows.map((cells) => cells.map(quote).join(delimiter)).join("\n")}\n`;

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

type Variant = Readonly<{
  name: string;
  of: (sample: Sample) => boolean;
  make: (sample: Sample) => string | Buffer;
  /** Reason of the one row that comes in addition. */
  skipped?: string;
}>;

const isTable = ({ format, text }: Sample): boolean => !lineFormats.has(format) && !/^\s*[[{<]/.test(text);
const isQuotable = (sample: Sample): boolean => isTable(sample) && !unquoted.has(sample.format);
const hasHeader = (sample: Sample): boolean => isTable(sample) && !headerless.has(sample.format);

const variants: readonly Variant[] = [
  { name: "a byte order mark", of: () => true, make: ({ text }) => `\uFEFF${text}` },
  { name: "CRLF line ends", of: () => true, make: ({ text }) => text.replaceAll("\n", "\r\n") },
  { name: "CR line ends", of: () => true, make: ({ text }) => text.replaceAll("\n", "\r") },
  { name: "UTF-16 with a mark", of: () => true, make: ({ text }) => Buffer.from(`\uFEFF${text}`, "utf16le") },
  { name: "UTF-16 without a mark", of: () => true, make: ({ text }) => Buffer.from(text, "utf16le") },
  { name: "big-endian UTF-16", of: () => true, make: ({ text }) => utf16be(`\uFEFF${text}`) },
  { name: "no last line end", of: () => true, make: ({ text }) => text.trimEnd() },
  { name: "blank lines", of: () => true, make: ({ text }) => text.replaceAll("\n", "\n\n") },
  { name: "NULs of a logger", of: () => true, make: ({ text }) => text.replaceAll("\n", "\n\0\0") },
  { name: "every cell quoted", of: isQuotable, make: (s) => join2(readTable(s).rows, readTable(s).delimiter) },
  { name: "tabs", of: isQuotable, make: (sample) => join2(readTable(sample).rows, "\t") },
  { name: "pipes", of: isQuotable, make: (sample) => join2(readTable(sample).rows, "|") },
  { name: "semicolons", of: isQuotable, make: (sample) => join2(readTable(sample).rows, ";") },
  { name: "a sep= line", of: isQuotable, make: (sample) => `sep=;\n${join2(readTable(sample).rows, ";")}` },
  {
    name: "each row in quotes as a whole",
    of: isQuotable,
    make: (sample) =>
      readTable(sample)
        .rows.map((cells) => quote(cells.map((cell) => (/[",\n]/.test(cell) ? quote(cell) : cell)).join(",")))
        .join("\n"),
  },
  {
    name: "empty cells at the end",
    of: isTable,
    make: (sample) => sample.text.replaceAll(/(?<=[^\n])\n/g, `${readTable(sample).delimiter.repeat(2)}\n`),
  },
  {
    name: "columns in the opposite order",
    of: hasHeader,
    make: (sample) =>
      join2(
        readTable(sample).rows.map((cells) => cells.toReversed()),
        ",",
      ),
  },
  {
    name: "columns that nobody knows",
    of: hasHeader,
    make: (sample) =>
      join2(
        readTable(sample).rows.map((cells) => ["x", ...cells.slice(0, 2), "a;b, c", ...cells.slice(2), "y"]),
        ",",
      ),
  },
  {
    name: "report titles above",
    of: hasHeader,
    make: (sample) => `Call report of Test Clinic\nPrinted 2025-06-10 09:00\n\n${join2(readTable(sample).rows, ",")}`,
  },
  {
    name: "the header again",
    of: hasHeader,
    make: (sample) => {
      const { rows } = readTable(sample);
      return join2([...rows.slice(0, 5), ...rows.slice(0, 1), ...rows.slice(5)], ",");
    },
    skipped: "repeated_header",
  },
  {
    name: "a row of totals",
    of: hasHeader,
    make: (sample) => {
      const { rows } = readTable(sample);
      return join2([...rows, ["Totals", ...(rows[0] ?? []).slice(1).map(() => "12")]], ",");
    },
    skipped: "totals_row",
  },
];

const plainReadings = new Map<Sample, Promise<Parsed>>();

/** The sample as it is, read once. */
function readPlain(sample: Sample): Promise<Parsed> {
  const known = plainReadings.get(sample) ?? parseText(sample.text, sample.settings);
  plainReadings.set(sample, known);
  return known;
}

const toFacts = ({ calls, summary }: Parsed, extra?: string) => ({
  format: summary.format,
  calls: calls.map((call) => JSON.stringify(call)).toSorted(),
  skipped: [...summary.skipped.map(({ reason }) => reason), ...(extra === undefined ? [] : [extra])].toSorted(),
});

test.each(variants)("every format reads its log alike with $name", async ({ of, make, skipped }) => {
  const fitting = samples.filter(of);
  expect(fitting.length).toBeGreaterThan(10);
  for (const sample of fitting) {
    const plain = await readPlain(sample);
    const changed = await parseText(make(sample), sample.settings);
    const header = skipped === "repeated_header" || skipped === "totals_row" ? skipped : undefined;
    expect({ sample: sample.format, ...toFacts(changed) }).toEqual({
      sample: sample.format,
      ...toFacts(plain, header),
    });
  }
});

test.each(samples)("$format is read alike when it is named", async (sample) => {
  const named = await parseText(sample.text, sample.settings, sample.format);
  expect(toFacts(named)).toEqual(toFacts(await readPlain(sample)));
});
