import { open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpackGzip } from "../../../src-main/engine/ingest/bytes/gzip-file.ts";
import { toAsteriskLog } from "../../builders/asterisk-row.ts";
import { parseText, withFile } from "../../builders/parsed-log.ts";

const log = toAsteriskLog(Array.from({ length: 3000 }, (_, call) => ({ uniqueid: `${1_748_849_536 + call}.${call}` })));

test("a packed log gives what it gives unpacked", async () => {
  const packed = await parseText(gzipSync(log));
  expect(packed.calls).toEqual((await parseText(log)).calls);
  expect(packed.calls).toHaveLength(3000);
});

test("an archive of several parts, as logs are packed piece by piece, is read to its end", async () => {
  const half = log.indexOf("\n", log.length / 2) + 1;
  const parts = Buffer.concat([gzipSync(log.slice(0, half)), gzipSync(log.slice(half))]);
  expect((await parseText(parts)).calls).toHaveLength(3000);
});

test("an archive that ends in the middle is refused as unfinished, a damaged one as damaged", async () => {
  const packed = gzipSync(log);
  await expect(parseText(packed.subarray(0, packed.length / 2))).rejects.toMatchObject({ code: "unfinished" });
  const damaged = Buffer.from(packed).fill(0x55, 200, 400);
  await expect(parseText(damaged)).rejects.toMatchObject({ code: "binary", message: expect.stringMatching(/damaged/) });
});

test("an archive that unpacks to more than the limit is refused before it fills the disk", async () => {
  await withFile(gzipSync(Buffer.alloc(5_000_000)), async (path) => {
    const file = await open(path);
    try {
      await expect(unpackGzip(file, 1_000_000)).rejects.toMatchObject({
        message: expect.stringMatching(/larger than/),
      });
    } finally {
      await file.close();
    }
  });
});
