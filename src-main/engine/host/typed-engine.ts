import { ipcCalls, type CallName, type CallOutput, type CallProgress } from "../../../src-shared/ipc/contract.ts";
import { fault, type Engine, type RawEngine } from "./engine.ts";

/** The one place where unchecked answers become typed ones: the schema of that very call checks them first. */
function toOutput<C extends CallName>(name: C, value: unknown): CallOutput<C> | undefined {
  const parsed = ipcCalls[name].output.safeParse(value);
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the compiler cannot tie a schema to the name it was looked up by; the lookup does
  return parsed.success ? (parsed.data as CallOutput<C>) : undefined;
}

function toProgress<C extends CallName>(name: C, value: unknown): CallProgress<C> | undefined {
  const parsed = ipcCalls[name].progress.safeParse(value);
  // oxlint-disable-next-line typescript/consistent-type-assertions -- as above
  return parsed.success ? (parsed.data as CallProgress<C>) : undefined;
}

/** The typed face of an engine whose answers come unchecked: from the dispatcher, or over a socket. */
export function createTypedEngine(raw: RawEngine, newRequestId: () => string, close: () => Promise<void>): Engine {
  return {
    async call(name, input, options = {}) {
      const outcome = await raw.call(name, input, {
        requestId: ipcCalls[name].kind === "change" ? (options.requestId ?? newRequestId()) : undefined,
        signal: options.signal ?? new AbortController().signal,
        onProgress: (progress) => {
          const typed = toProgress(name, progress);
          if (typed !== undefined) options.onProgress?.(typed);
        },
      });
      if (!outcome.ok) return outcome;
      const value = toOutput(name, outcome.value);
      if (value === undefined)
        return fault("internal", `The engine's answer to ${name} is of another version. Restart it.`);
      return { ok: true, value };
    },
    close,
  };
}
