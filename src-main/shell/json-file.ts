import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";

/** A small file of the app's own settings. A missing or damaged one is the default: nothing of the ledger is in it. */
export type JsonFile<T> = Readonly<{ read(): T; write(value: T): void }>;

export function createJsonFile<T>(
  path: string,
  schema: z.ZodType<T>,
  fallback: T,
  log: (line: string) => void,
): JsonFile<T> {
  return {
    read() {
      try {
        return schema.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch (error) {
        const isNew = error instanceof Error && "code" in error && error.code === "ENOENT";
        if (!isNew) log(`${path} cannot be read and is taken as new.`);
        return fallback;
      }
    },
    write(value) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.tmp`, JSON.stringify(value, undefined, 2), { mode: 0o600 });
        renameSync(`${path}.tmp`, path);
      } catch (error) {
        log(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
