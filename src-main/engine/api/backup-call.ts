import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";

/** A backup for a person: an existing file, a missing folder and a full disk are told, not thrown. */
export function createBackupCall(backup: (to?: string) => Promise<string>): ApiParts["backup"] {
  return async (to) => {
    if (to !== null && existsSync(to))
      return fault("bad_input", `The file ${to} exists already. A backup overwrites nothing: name another.`);
    if (to !== null && !existsSync(dirname(to)))
      return fault("bad_input", `There is no folder ${dirname(to)} to put the backup into.`);
    try {
      const file = await backup(to ?? undefined);
      return { ok: true, value: { file, bytes: statSync(file).size } };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return fault("failed", `The backup was not written: ${detail.replace(/[.\s]*$/, "")}.`);
    }
  };
}
