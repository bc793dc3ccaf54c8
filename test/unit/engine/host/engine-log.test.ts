import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngineLog } from "../../../../src-main/engine/host/engine-log.ts";
import { createRedactor } from "../../../../src-main/engine/host/redactor.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const secret = 'planted+secret/of "a" key=4711';

describe("what a process knows to be secret", () => {
  test.each([
    ["as it is", secret],
    ["in an address", encodeURIComponent(secret)],
    ["in a form", new URLSearchParams({ secret }).toString()],
    ["in JSON", JSON.stringify({ secret })],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 of addresses", Buffer.from(secret).toString("base64url")],
  ])("is taken out %s", (_how, text) => {
    const redactor = createRedactor();
    redactor.know(secret);
    const told = redactor.redact(`before ${text} after`);
    expect(told).toContain("[secret]");
    for (const part of ["planted", "4711", Buffer.from(secret).toString("base64").slice(0, 12)])
      expect(told).not.toContain(part);
    expect(told).toMatch(/^before .*after$/);
  });

  test("numbers of people and their addresses go too; words, times and places in code stay", () => {
    const { redact } = createRedactor();
    expect(redact("call from +44 7700 900134 to 02079460010, alice@example.com")).toBe(
      "call from [number] to [number], [address]",
    );
    const plain = "at send (file:///app/src/http.ts:120:33) after 30000 ms on 2026-11-22T02:31:00.000Z";
    expect(redact(plain)).toBe(plain);
  });

  test("an error loses what it carried along, its causes included", () => {
    const redactor = createRedactor();
    redactor.know(secret);
    const error = Object.assign(new Error(`cannot send ${secret}`, { cause: new Error(secret) }), {
      request: { headers: { authorization: `Bearer ${secret}` } },
    });
    const safe = redactor.toSafeError(error);
    expect(Object.keys(safe)).not.toContain("request");
    expect(safe.cause).toBeUndefined();
    expect(`${safe.message} ${safe.stack}`).not.toContain("planted");
    expect(safe.message).toBe("cannot send [secret]");
  });
});

describe("the engine's log", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "callledger-log-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const open = (maxBytes = 1_000_000) => {
    const redactor = createRedactor();
    redactor.know(secret);
    return createEngineLog({ dataDir, clock: createVirtualClock(), redactor, maxBytes, keep: 2 });
  };

  test("has one object a line, without secrets, readable for its user alone", () => {
    const log = open();
    log.write("info", "engine.start", { pid: 7 });
    log.write("error", "engine.failure", { message: `said ${secret}` }, new Error(`no room for ${secret}`));
    const file = join(dataDir, "logs", "engine.log");
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain("planted");
    const lines = text.trimEnd().split("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", event: "engine.start", pid: 7 });
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      message: "said [secret]",
      error: {
        name: "Error",
        message: "no room for [secret]",
        frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
      },
    });
    if (process.platform !== "win32") expect(statSync(file).mode & 0o077).toBe(0);
    expect(log.tail(1)).toEqual([lines[1]]);
  });

  test("begins a new file when one is full, and keeps few", () => {
    const log = open(200);
    for (let n = 0; n < 40; n += 1) log.write("info", "turn", { n });
    expect(readdirSync(join(dataDir, "logs")).toSorted()).toEqual(["engine.1.log", "engine.2.log", "engine.log"]);
    for (const name of readdirSync(join(dataDir, "logs")))
      expect(statSync(join(dataDir, "logs", name)).size).toBeLessThan(400);
    expect(JSON.parse(log.tail(1)[0] ?? "")).toMatchObject({ n: 39 });
  });

  test("that cannot be written stops nobody", () => {
    rmSync(dataDir, { recursive: true });
    const log = createEngineLog({ dataDir: "\0", clock: createVirtualClock(), redactor: createRedactor() });
    expect(() => log.write("info", "turn")).not.toThrow();
    expect(existsSync(dataDir)).toBe(false);
  });
});
