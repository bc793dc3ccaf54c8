import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { ipcCalls, type CallFault } from "../../../src-shared/ipc/contract.ts";
import type { MappingProposal } from "../../../src-shared/ipc/mapping-views.ts";
import { fault } from "../host/engine.ts";
import { LogRefusedError } from "../ingest/log-refused.ts";
import { describeFileError } from "../ingest/watch/file-problem.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import type { FileImporter } from "./import-handlers.ts";

export type MappingCall = "mappings:propose" | "mappings:save" | "mappings:list" | "mappings:remove";

/** What keeps a file from being looked at; a bug is thrown on. */
export function toReadFault(error: unknown, path: string): Outcome<never, CallFault> {
  if (error instanceof LogRefusedError) return fault("bad_input", `${path}: ${error.message}`);
  const problem = describeFileError(error);
  if (problem === null) throw error;
  return fault("bad_input", `${path}: ${problem.sentence}`);
}

export function createMappingHandlers({
  propose,
  mappings,
}: Pick<FileImporter, "propose" | "mappings">): SubjectHandlers<MappingCall> {
  const tryPropose = async (
    path: string,
    settings: Parameters<typeof propose>[1],
  ): Promise<Outcome<MappingProposal, CallFault>> => {
    try {
      return { ok: true, value: await propose(path, settings) };
    } catch (error) {
      return toReadFault(error, path);
    }
  };

  return {
    "mappings:propose": serve(ipcCalls["mappings:propose"], ({ path, settings }) => tryPropose(path, settings)),
    "mappings:save": serve(ipcCalls["mappings:save"], async ({ path, settings, name }) => {
      const proposed = await tryPropose(path, settings);
      if (!proposed.ok) return proposed;
      const { fingerprint, header, questions, settings: kept } = proposed.value;
      if (fingerprint === null) {
        const hint = "Give the columns by number with the source or the import instead (--assume).";
        return fault("bad_input", `${path} has no header that it could be known again by. ${hint}`);
      }
      const open = questions.find(({ blocks }) => blocks);
      if (open !== undefined) {
        const options = open.answers.map(({ option }) => option).join(" or ");
        return fault("bad_input", `${open.question} Answer with ${options} first.`);
      }
      const mapping = { version: 1 as const, name, fingerprint, header: [...header], settings: kept };
      return { ok: true, value: { file: await mappings.save(mapping), mapping } };
    }),
    "mappings:list": serve(ipcCalls["mappings:list"], async () => {
      try {
        return { ok: true, value: { mappings: [...(await mappings.list())] } };
      } catch (error) {
        if (error instanceof LogRefusedError) return fault("failed", error.message);
        throw error;
      }
    }),
    "mappings:remove": serve(ipcCalls["mappings:remove"], async ({ fingerprint }) =>
      (await mappings.remove(fingerprint))
        ? { ok: true, value: { removed: fingerprint } }
        : fault("bad_input", `No mapping ${fingerprint} is saved. "callledger calls mappings" shows them.`),
    ),
  };
}
