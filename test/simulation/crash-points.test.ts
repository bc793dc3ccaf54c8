import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { writingOperations } from "./crash-points.ts";
import { createWorld } from "./world.ts";

/** The operations of the store by name, each with its text. */
function readOperations(): ReadonlyMap<string, string> {
  const dataDir = mkdtempSync(join(tmpdir(), "callledger-crash-points-"));
  const { engineClock: clock, chance } = createWorld(1);
  const store = openStore({ dataDir, clock, random: chance(1), mode: "write" });
  try {
    const ports = Object.entries(store).filter(([, port]) => typeof port === "object");
    const operations = ports.flatMap(([prefix, port]) =>
      Object.entries(port).map(([name, work]: [string, unknown]) => [`${prefix}.${name}`, String(work)] as const),
    );
    return new Map(operations);
  } finally {
    store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const operations = readOperations();

test("every operation of the store that writes is a place where a seed kills, or is named as apart", () => {
  const writing = [...operations].filter(([, text]) => /\btransact\.run\(/.test(text)).map(([name]) => name);
  expect(writing.filter((name) => !writingOperations.has(name))).toEqual([]);
  // Most begin their transaction in their own text; this test would see nothing if that changed.
  expect(writing.length).toBeGreaterThan(0.7 * writingOperations.size);
});

test("no operation is named that the store does not have", () => {
  expect([...writingOperations].filter((name) => !operations.has(name))).toEqual([]);
});
