import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { detectEncoding } from "../../../src-main/engine/ingest/bytes/text-encoding.ts";
import { readTextChunks, type TextChunk } from "../../../src-main/engine/ingest/bytes/text-chunks.ts";
import { openFile, readSample } from "../../../src-main/engine/ingest/log-file.ts";
import { parseText, withFile } from "../../builders/parsed-log.ts";
import { toAsteriskLine } from "../../builders/asterisk-row.ts";

const bytes = (...values: readonly number[]): Buffer => Buffer.concat([Buffer.from(values), Buffer.alloc(600, 0x41)]);

test.each([
  ["no Excel workbook", bytes(0x50, 0x4b, 0x03, 0x04)],
  ["a PDF document", bytes(0x25, 0x50, 0x44, 0x46)],
  ["a PNG image", bytes(0x89, 0x50, 0x4e, 0x47)],
  ["a JPEG image", bytes(0xff, 0xd8, 0xff)],
  ["a SQLite database", Buffer.from("SQLite format 3\0".padEnd(100, "x"))],
  ["a bzip2 archive", bytes(0x42, 0x5a, 0x68)],
  ["a gzip archive", gzipSync(gzipSync("x".repeat(1000)))],
  ["an old Excel or Word file", bytes(0xd0, 0xcf, 0x11, 0xe0)],
  ["binary data", Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 7) % 31))],
])("%s is refused by what it is", async (what, content) => {
  await expect(parseText(content)).rejects.toMatchObject({ code: "binary", message: expect.stringContaining(what) });
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["only a mark", Buffer.from([0xef, 0xbb, 0xbf])],
  ["only blank lines", Buffer.from("\n \r\n\t\n")],
])("a file with %s is refused as empty", async (_, content) => {
  await expect(parseText(content)).rejects.toMatchObject({ code: "empty" });
});

test("a file of zero bytes only is refused", () => {
  expect(() => detectEncoding(Buffer.alloc(5000))).toThrow(/zero bytes/);
});

test("an encoding that does not exist is refused by name", () => {
  expect(() => detectEncoding(Buffer.from("abc"), "klingon")).toThrow(/"klingon"/);
});

test("UTF-8 is not doubted where the probe cuts a character in two", () => {
  const probe = Buffer.from(`${"a".repeat(100)}ü`).subarray(0, 101);
  expect(detectEncoding(probe).name).toBe("utf-8");
});

const chunksOf = (content: Buffer): Promise<readonly TextChunk[]> =>
  withFile(content, async (path) => {
    const file = await openFile(path);
    try {
      const { encoding } = await readSample(file, {});
      const chunks: TextChunk[] = [];
      const start = { encoding, offset: encoding.bomLength, line: 1 };
      for await (const chunk of readTextChunks(file.handle, start)) chunks.push(chunk);
      return chunks;
    } finally {
      await file.handle.close();
    }
  });

test.each([
  ["LF", "\n", "utf8"],
  ["CRLF", "\r\n", "utf8"],
  ["CR", "\r", "utf8"],
  ["CRLF in UTF-16", "\r\n", "utf16le"],
] as const)("chunks of a large file with %s are whole lines with exact offsets", async (_, end, encoding) => {
  const lines = Array.from({ length: 20_000 }, (_line, at) => `${at};${"x".repeat(at % 30)}ü`);
  const content = Buffer.from(`\uFEFF${lines.join(end)}${end}`, encoding);
  const chunks = await chunksOf(content);
  expect(chunks.length).toBeGreaterThan(3);
  expect(chunks.map(({ text }) => text).join("")).toBe(`${lines.join("\n")}\n`);
  expect(chunks.every(({ text }) => text.endsWith("\n"))).toBe(true);
  expect(chunks.at(-1)?.end).toBe(content.length);
  for (const { end: offset, line, lines: count } of chunks) {
    const before = content.subarray(0, offset).toString(encoding).replace("\uFEFF", "");
    expect(before.split(end).length).toBe(line + count);
  }
});

test("a line without end does not fill the memory: it is one bad row and the next is read", async () => {
  const good = toAsteriskLine({ uniqueid: "1748849600.7", start: "2025-06-02 08:33:20" });
  const { calls, summary } = await parseText(`${toAsteriskLine()}\n${"x".repeat(3_000_000)}\n${good}\n`);
  expect(calls).toHaveLength(2);
  expect(summary.skipped).toMatchObject([{ line: 2, reason: "malformed", detail: "the line is longer than 1 MB" }]);
});

test("a log of three million bytes without a single line end is refused or one bad row, not a crash", async () => {
  await expect(parseText("x".repeat(3_000_000))).rejects.toMatchObject({ code: "unknown_format" });
});
