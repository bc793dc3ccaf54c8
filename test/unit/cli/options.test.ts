import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wholeNumber } from "../../../src-main/cli/number-option.ts";
import { readSettings } from "../../../src-main/cli/reading-options.ts";
import { toDay, toSince } from "../../../src-main/cli/since-option.ts";

const read = (options: Partial<Parameters<typeof readSettings>[0]>) =>
  readSettings({ format: "auto", ...options }, "Europe/Berlin");

test("this PC's zone is taken where none is named", async () => {
  expect(await read({})).toEqual({ timeZone: "Europe/Berlin" });
});

test("--country and --timezone win over --assume", async () => {
  const assume = '{"region":"DE","timeZone":"UTC","outsideLinePrefix":"9"}';
  expect(await read({ assume, country: "gb", timezone: "Europe/London" })).toEqual({
    region: "GB",
    timeZone: "Europe/London",
    outsideLinePrefix: "9",
  });
});

test("--assume @file reads the file, whatever mark it begins with", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cl-assume-"));
  const file = join(folder, "settings.json");
  await writeFile(file, '\uFEFF{"region":"GB"}');
  expect(await read({ assume: `@${file}` })).toMatchObject({ region: "GB" });
  await rm(folder, { recursive: true });
});

test.each([
  [{ assume: "{region:GB}" }, "no JSON"],
  [{ assume: "[]" }, "object"],
  [{ assume: "@/does/not/exist.json" }, "cannot be read"],
  [{ assume: '{"regoin":"GB"}' }, "regoin"],
  [{ country: "ZZ1" }, "region"],
  [{ country: "XQ" }, "There is no country XQ"],
  [{ timezone: "Mars/Olympus" }, "There is no time zone Mars/Olympus"],
])("%j is refused with what is wrong", async (options, words) => {
  await expect(read(options)).rejects.toThrow(words);
});

test("a whole number is taken within its bounds only", () => {
  const parse = wholeNumber("--limit", 1, 50);
  expect(parse("50")).toBe(50);
  for (const text of ["0", "51", "-1", "1.5", "x", ""])
    expect(() => parse(text)).toThrow("--limit takes a whole number");
});

test("a day begins at midnight in the user's zone; a time needs its offset", () => {
  expect(toSince("2026-07-01", "Europe/London")).toBe(Date.UTC(2026, 5, 30, 23));
  expect(toSince("2026-07-01T10:00:00Z", "Europe/London")).toBe(Date.UTC(2026, 6, 1, 10));
  for (const text of ["2026-13-01", "yesterday", "2026-07-01T10:00:00", "2026-02-30"])
    expect(() => toSince(text, "Europe/London")).toThrow("--since takes a day");
  expect(() => toDay("--date", "1.7.2026")).toThrow("--date takes a day");
});
