import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { createCountingRandom } from "../../builders/ledger.ts";
import { createVirtualClock } from "../../builders/virtual-clock.ts";

const engine = fileURLToPath(new URL("dying-engine.ts", import.meta.url));
let dataDir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "callledger-crash-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts an engine that works until the word, and waits for the word. */
async function workUntil(word: "attempt" | "batches"): Promise<ChildProcess> {
  child = spawn(process.execPath, [engine, dataDir, word], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output to read");
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes(word)) return child;
  }
  throw new Error(`the engine said "${text}" and ended`);
}

function look(sql: string): Record<string, unknown> | undefined {
  const db = new Sqlite(join(dataDir, "callledger.db"), { readonly: true });
  try {
    return db.prepare<[], Record<string, unknown>>(sql).get();
  } finally {
    db.close();
  }
}

const open = () => openStore({ dataDir, clock: createVirtualClock(), random: createCountingRandom(), mode: "write" });

test("the attempt and its reservation can be read by another process before the request would leave", async () => {
  const running = await workUntil("attempt");
  expect(look("SELECT steps, key, payload_hash AS hash, session_id AS session FROM attempt")).toEqual({
    steps: "record",
    key: "cl_1",
    hash: "ab",
    session: 1,
  });
  expect(look("SELECT cost, answered_at AS answeredAt FROM budget_entry")).toEqual({
    cost: '{"second":1}',
    answeredAt: null,
  });
  expect(look("SELECT state FROM delivery WHERE id = 1")).toEqual({ state: "sending" });
  running.kill("SIGKILL");
  await once(running, "exit");
  const store = open();
  expect(store.deliveries.get(1)?.state).toBe("sending");
  expect(store.deliveries.openSession(5).id).toBe(2);
  expect(store.deliveries.get(1)).toMatchObject({
    state: "uncertain",
    rescues: 1,
    attempts: 0,
    lastAttemptRevision: 1,
  });
  expect(store.audit.verify()).toMatchObject({ ok: true });
  store.close();
});

test("a file's position and its calls are never apart, wherever an import is killed", async () => {
  for (let kill = 0; kill < 4; kill += 1) {
    const running = await workUntil("batches");
    running.kill("SIGKILL");
    await once(running, "exit");
    const facts = look(`
      SELECT (SELECT max("offset") FROM file) AS offset, (SELECT count(*) FROM call) AS calls,
        (SELECT count(*) FROM delivery) AS deliveries, (SELECT sum(row_count) FROM reading) AS rows`);
    expect(facts?.["calls"]).toBeGreaterThan(0);
    expect(facts).toEqual({
      offset: facts?.["calls"],
      calls: facts?.["calls"],
      deliveries: facts?.["calls"],
      rows: facts?.["calls"],
    });
  }
  const store = open();
  const counted = look("SELECT count(*) AS n FROM delivery");
  expect(store.deliveries.counts().queued).toBe(counted?.["n"]);
  expect(store.audit.verify()).toMatchObject({ ok: true });
  store.close();
});
