import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCli, dropFolder, makeFolder, type Cli } from "./cli-process.ts";

let cli: Cli;
let file = "";

beforeAll(async () => {
  const folder = await makeFolder();
  cli = createCli(join(folder, "data"));
  file = join(folder, "export.csv");
  await writeFile(
    file,
    "Wann;Wer;Wen;Lang;Weg\n" +
      "12/11/2025 14:41:00;07700900123;203;90;rein\n" +
      "11/12/2025 15:15:00;204;07700900777;10;raus\n" +
      "12/11/2025 16:20:00;07700900124;203;120;rein\n",
  );
});
afterAll(() => dropFolder(join(cli.dataDir, "..")));

const country = ["--country", "GB"];

test("an unknown table is proposed, asked about, saved, used and forgotten from the command line", async () => {
  const proposed = await cli.json("calls", "map", file, ...country, "--column", "direction=Weg");
  expect(proposed.code).toBe(0);
  expect(proposed.json).toMatchObject({ recognised: null, header: ["Wann", "Wer", "Wen", "Lang", "Weg"] });
  expect(proposed.stderr).toContain("--date-order DMY   the day first");
  expect(proposed.stderr).toContain('--word "raus=outbound"');

  const refused = await cli.run("calls", "map", file, ...country, "--column", "direction=Weg", "--save");
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("Answer with --date-order DMY or --date-order MDY first.");

  const answers = ["--date-order", "DMY", "--word", "rein=inbound", "--word", "raus=outbound"];
  const saved = await cli.json("calls", "map", file, ...country, "--column", "direction=Weg", ...answers, "--save");
  expect(saved.json).toMatchObject({ mapping: { name: "export.csv", settings: { dateOrder: "DMY" } } });

  const parsed = await cli.json("calls", "parse", file, ...country);
  expect(parsed.json).toMatchObject({ summary: { format: "generic-csv", rows: 3, calls: 3, skipped: [] } });
  expect(parsed.stdout).toContain('"startedAt":"2025-11-12T14:41:00Z"');

  const { fingerprint } = (saved.json["mapping"] ?? {}) as { fingerprint: string };
  expect((await cli.json("calls", "mappings")).json).toMatchObject({ mappings: [{ fingerprint }] });
  expect((await cli.json("calls", "unmap", fingerprint)).json).toEqual({ removed: fingerprint });
  expect(await cli.run("calls", "unmap", fingerprint)).toMatchObject({ code: 2 });
});

test("answers that are none, and files that are no table, are refused in one sentence", async () => {
  expect((await cli.run("calls", "map", file, "--column", "Wann")).stderr).toContain("--column takes name=value");
  expect((await cli.run("calls", "map", file, "--word", "a=b")).stderr).toContain("words.a");
  const missing = await cli.run("calls", "map", join(cli.dataDir, "missing.csv"));
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.stderr).toContain("There is no file or folder");
});
