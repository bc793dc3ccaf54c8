import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { parseText } from "../../builders/parsed-log.ts";

const american = { region: "US", timeZone: "America/New_York", ownNumber: "+12025550100" };

/** The bytes of a database that these statements make. */
function makeDatabase(...statements: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "callledger-history-test-"));
  try {
    const path = join(folder, "store.db");
    const database = new Database(path);
    for (const statement of statements) database.exec(statement);
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 13 June 2025 10:15:30 UTC in Apple's seconds. */
const at = Date.UTC(2025, 5, 13, 10, 15, 30) / 1000 - 978_307_200;
const create =
  "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZADDRESS BLOB, ZDATE TIMESTAMP, ZDURATION FLOAT, ZORIGINATED INTEGER, ZANSWERED INTEGER, ZNAME TEXT, ZSERVICE_PROVIDER TEXT)";
const insert = (address: string, seconds: number, originated: 0 | 1, answered: 0 | 1, later: number): string =>
  `INSERT INTO ZCALLRECORD (ZADDRESS, ZDATE, ZDURATION, ZORIGINATED, ZANSWERED, ZSERVICE_PROVIDER) VALUES (${address}, ${at + later}.75, ${seconds}, ${originated}, ${answered}, 'com.apple.Telephony')`;

test("the call history of an iPhone is read from its database", async () => {
  const bytes = makeDatabase(
    create,
    insert("CAST('+12025550123' AS BLOB)", 61.9, 0, 1, 0),
    insert("'(202) 555-0124'", 0, 1, 0, 60),
    insert("'ann@example.com'", 12, 0, 1, 120),
    insert("NULL", 0, 0, 0, 180),
  );
  const { calls, summary } = await parseText(bytes, american);
  expect(summary).toMatchObject({ format: "iphone-call-history-csv", rows: 4, calls: 4, skipped: [] });
  expect(calls).toMatchObject([
    {
      direction: "inbound",
      status: "answered",
      from: "+12025550123",
      startedAt: "2025-06-13T10:15:30Z",
      durationSeconds: 61,
    },
    {
      direction: "outbound",
      status: "missed",
      from: "+12025550100",
      to: "+12025550124",
      startedAt: "2025-06-13T10:16:30Z",
    },
    { direction: "inbound", status: "answered", from: null, durationSeconds: 12 },
    { direction: "inbound", status: "missed", from: null },
  ]);
});

test("an older history without all columns is read, any other database and a damaged one are refused", async () => {
  const old = makeDatabase(
    "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZADDRESS TEXT, ZDATE TIMESTAMP, ZDURATION FLOAT, ZORIGINATED INTEGER)",
    `INSERT INTO ZCALLRECORD VALUES (1, '+12025550123', ${at}, 30, 0)`,
  );
  expect((await parseText(old, american)).calls).toMatchObject([{ status: "answered", durationSeconds: 30 }]);
  await expect(parseText(makeDatabase("CREATE TABLE message (id INTEGER)"), american)).rejects.toMatchObject({
    code: "binary",
    message: expect.stringContaining("no call history of an iPhone") as string,
  });
  await expect(parseText(old.subarray(0, 3000), american)).rejects.toThrow("SQLite database that is damaged");
});
