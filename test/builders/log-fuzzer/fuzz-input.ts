import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sourceSettings, type SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";

const folder = join(import.meta.dirname, "../../fixtures/call-logs");
const keptLines = 14;

/** A file that somebody might drop on the window, and how it is asked for. */
export type FuzzInput = Readonly<{
  bytes: Buffer;
  settings: SourceSettings;
  format: string;
  /** What was done to which sample. */
  story: string;
}>;

type Sample = Readonly<{ format: string; text: string; settings: SourceSettings }>;

function readSample(format: string, name: string): Sample {
  const inFolder = readdirSync(join(folder, format));
  const expected = inFolder.find((file) => file === `${name}.expected.json`) ?? `${format}.expected.json`;
  const { assume } = JSON.parse(readFileSync(join(folder, format, expected), "utf8")) as { assume: unknown };
  const text = readFileSync(join(folder, format, name), "utf8").replaceAll("\r\n", "\n");
  const isDocument = /\.(?:xml|json|html)$/.test(name);
  const kept = isDocument ? text : `${text.split("\n").slice(0, keptLines).join("\n")}\n`;
  return { format, text: kept, settings: sourceSettings.parse(assume) };
}

/** Two samples of every format at most: those of one-call files are alike. */
function readSamples(): readonly Sample[] {
  return readdirSync(folder).flatMap((format) =>
    readdirSync(join(folder, format))
      .filter((name) => !name.endsWith(".expected.json") && statSync(join(folder, format, name)).isFile())
      .slice(0, 2)
      .map((name) => readSample(format, name)),
  );
}

let samples: readonly Sample[] | null = null;

/** Values that broke readers of other products: dates that are none, numbers out of a spreadsheet, texts that stall patterns. */
const cells: readonly [string, ...string[]] = [
  ...(["", " ", "0", "-1", "NaN", "null", "undefined", "N/A", "#REF!", "########", "=1+1", '="077"', "'0770"] as const),
  ...(["31/02/2025", "00/00/0000", "2025-02-30 25:61:61", "1899-12-30", "9999-12-31 23:59:59", "12/11/2026"] as const),
  ...([
    "2/11/26 9:41",
    "45810.3449",
    "0.5",
    "1748848609",
    "1748848609123",
    "-1748848609",
    "99999999999999999",
  ] as const),
  ...([
    "4.42079E+11",
    "4,42079460233E+11",
    "1e308",
    "00:00:-1",
    "99:99:99",
    "1:1:1:1:1",
    "P1DT1H",
    "65s (1m 5s)",
  ] as const),
  ...([
    "Totals",
    "Summe",
    "In",
    "Out",
    "Answered",
    "Anonymous",
    "<>",
    '"" <>',
    "sip:@",
    "tel:",
    "ext.",
    "+",
    "+++1",
  ] as const),
  ...([
    "\u202e\u200f9:15\u202fAM",
    "٠٧٧٠٠٩٠٠١٢٣",
    "０７７００",
    "💥",
    "\u0000",
    "\uFFFD",
    "e\u0301",
    "<I>",
    "EXT",
    "Call 1",
  ] as const),
  ...[" ", "1", "a", "1-", "(", ":", "x@", "de ", "1 min ", "%", "\t", '"'].map((part) => part.repeat(701)),
];

const delimiters = [",", ";", "\t", "|"] as const;

type Change = Readonly<{ name: string; apply: (text: string, random: SeededRandom) => string }>;

const at = (text: string, random: SeededRandom): number => random.below(text.length + 1);

function changeCells(text: string, random: SeededRandom, change: (row: string[], line: number) => void): string {
  const delimiter = random.chance(0.9) ? (delimiters.find((mark) => text.split(mark).length > 20) ?? ",") : ",";
  return text
    .split("\n")
    .map((row, line) => {
      const list = row.split(delimiter);
      change(list, line);
      return list.join(delimiter);
    })
    .join("\n");
}

const dates = /\d{4}[-/]\d\d[-/]\d\d|\d\d[./]\d\d[./]\d{2,4}|\b\d{10}\b/g;

const changes: readonly [Change, ...Change[]] = [
  {
    name: "bytes cut out",
    apply: (text, random) => {
      const from = at(text, random);
      return text.slice(0, from) + text.slice(from + random.below(60));
    },
  },
  {
    name: "a value put in",
    apply: (text, random) => {
      const from = at(text, random);
      return text.slice(0, from) + random.pick(cells) + text.slice(from);
    },
  },
  {
    name: "a mark put in",
    apply: (text, random) => {
      const from = at(text, random);
      const mark = random.pick([
        '"',
        '""',
        "\n",
        "\r",
        "\r\n",
        ",",
        ";",
        "\t",
        "|",
        "'",
        "\\",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
      ]);
      return text.slice(0, from) + mark + text.slice(from);
    },
  },
  { name: "cut short", apply: (text, random) => text.slice(0, at(text, random)) },
  { name: "beginning lost", apply: (text, random) => text.slice(at(text, random)) },
  {
    name: "a part twice",
    apply: (text, random) => {
      const from = at(text, random);
      return text + text.slice(from, from + random.below(2000));
    },
  },
  { name: "lines in another order", apply: (text) => text.split("\n").toReversed().join("\n") },
  {
    name: "a line out of place",
    apply: (text, random) => {
      const list = text.split("\n");
      const [moved = ""] = list.splice(random.below(list.length), 1);
      list.splice(random.below(list.length + 1), 0, moved);
      return list.join("\n");
    },
  },
  {
    name: "a column gone",
    apply: (text, random) => {
      const column = random.below(24);
      return changeCells(text, random, (row) => row.splice(column, 1));
    },
  },
  {
    name: "a column more",
    apply: (text, random) => {
      const column = random.below(24);
      const value = random.pick(cells);
      return changeCells(text, random, (row) => row.splice(column, 0, value));
    },
  },
  {
    name: "columns swapped",
    apply: (text, random) => {
      const [left, right] = [random.below(20), random.below(20)];
      return changeCells(text, random, (row) => {
        [row[left], row[right]] = [row[right] ?? "", row[left] ?? ""];
      });
    },
  },
  {
    name: "a column of odd values",
    apply: (text, random) => {
      const column = random.below(24);
      return changeCells(text, random, (row, line) => {
        if (line > 0 && column < row.length) row[column] = random.pick(cells);
      });
    },
  },
  {
    name: "another delimiter",
    apply: (text, random) => text.replaceAll(random.pick(delimiters), random.pick([...delimiters, " ", "\u001f"])),
  },
  { name: "quotes gone", apply: (text) => text.replaceAll('"', "") },
  { name: "a date replaced", apply: (text, random) => text.replace(dates, () => random.pick(cells)) },
  {
    name: "dates replaced",
    apply: (text, random) => text.replaceAll(dates, (date) => (random.chance(0.5) ? random.pick(cells) : date)),
  },
  {
    name: "digits changed",
    apply: (text, random) =>
      text.replaceAll(/\d/g, (digit) => (random.chance(0.03) ? String(random.below(10)) : digit)),
  },
  { name: "a line without end", apply: (text, random) => text.replaceAll("\n", random.pick(["", " ", ",", "\u2028"])) },
  {
    name: "deep brackets",
    apply: (text, random) => random.pick(["[", "{", '{"a":', "<a>"]).repeat(4000) + text,
  },
];

type Encoding = Readonly<{ name: string; encode: (text: string, random: SeededRandom) => Buffer }>;

const encodings: readonly [Encoding, ...Encoding[]] = [
  { name: "UTF-8", encode: (text) => Buffer.from(text) },
  { name: "UTF-8 with a mark", encode: (text) => Buffer.from(`\uFEFF${text}`) },
  { name: "UTF-16", encode: (text) => Buffer.from(`\uFEFF${text}`, "utf16le") },
  { name: "UTF-16 without a mark, an odd byte", encode: (text) => Buffer.from(text, "utf16le").subarray(1) },
  { name: "big-endian UTF-16", encode: (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16() },
  { name: "Latin-1", encode: (text) => Buffer.from(text, "latin1") },
  {
    name: "two encodings",
    encode: (text, random) => {
      const half = at(text, random);
      return Buffer.concat([Buffer.from(`${text.slice(0, half)}é`), Buffer.from(`é${text.slice(half)}`, "latin1")]);
    },
  },
  {
    name: "bytes of anything",
    encode: (text, random) => {
      const bytes = Buffer.from(text);
      for (let left = random.below(12); left > 0 && bytes.length > 0; left -= 1) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      return bytes;
    },
  },
];

/** The `index`-th input of a seed. */
export function makeFuzzInput(seed: number, index: number): FuzzInput {
  samples ??= readSamples();
  const random = createSeededRandom(seed, index);
  const [first, ...others] = samples;
  if (first === undefined) throw new Error("There are no samples.");
  const sample = random.pick([first, ...others]);
  const done: string[] = [];
  let { text } = sample;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const change = random.pick(changes);
    done.push(change.name);
    text = change.apply(text, random).slice(0, 200_000);
  }
  const encoding = random.chance(0.6) ? encodings[0] : random.pick(encodings);
  const format = random.chance(0.7) ? "auto" : sample.format;
  return {
    bytes: encoding.encode(text, random),
    settings: random.chance(0.8) ? sample.settings : {},
    format,
    story: `${sample.format} (asked for: ${format}): ${done.join(", ")}; ${encoding.name}`,
  };
}
