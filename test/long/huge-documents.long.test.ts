import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { run } from "../../build/bench/contender.ts";

const calls = 300_000;
const number = (call: number): string => `07700900${String(call % 1000).padStart(3, "0")}`;
const startOf = (call: number): number => Date.UTC(2025, 0, 1) + call * 60_000;

/** One call of a JSON list, padded as real ones are. */
const toJson = (call: number): string =>
  JSON.stringify({
    call_id: `c${call}`,
    start_time: new Date(startOf(call)).toISOString(),
    from: number(call),
    to: "02079460010",
    direction: "inbound",
    duration: 30 + (call % 100),
    status: "answered",
    note: "x".repeat(100),
  });
const toXml = (call: number): string =>
  `<call number="${number(call)}" duration="${call % 300}" date="${startOf(call)}" type="${1 + (call % 3)}" presentation="1" readable_date="then" contact_name="Alice Example" />`;

const documents = {
  "a JSON list with a line for each call": { head: "[\n", between: ",\n", tail: "]\n", item: toJson },
  "a JSON object on one line that holds the list": {
    head: '{"page":1,"records":[',
    between: ",",
    tail: "]}",
    item: toJson,
  },
  "an XML document": {
    head: `<?xml version="1.0"?>\n<calls count="${calls}">\n`,
    between: "\n",
    tail: "\n</calls>\n",
    item: toXml,
  },
} as const;

async function writeDocument(path: string, { head, between, tail, item }: (typeof documents)[keyof typeof documents]) {
  const out = createWriteStream(path);
  out.write(head);
  for (let from = 0; from < calls; from += 1000) {
    const some = Array.from({ length: 1000 }, (_, index) => item(from + index));
    if (!out.write((from === 0 ? "" : between) + some.join(between))) await once(out, "drain");
  }
  out.end(tail);
  await finished(out);
}

test.each(Object.entries(documents))(
  "%s of three hundred thousand calls is parsed in bounded memory",
  async (_, document) => {
    const folder = mkdtempSync(join(tmpdir(), "callledger-huge-"));
    try {
      const path = join(folder, "calls.log");
      await writeDocument(path, document);
      const args = ["calls", "parse", path, "--country", "GB", "--timezone", "UTC"];
      const { answer, maxRssBytes } = await run({ file: "src-main/cli/main.ts", args }, folder);
      expect(answer).toMatchObject({ summary: { rows: calls, calls } });
      expect(maxRssBytes / 2 ** 20).toBeLessThan(250);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  600_000,
);
