import type { CallAsk, CallName, CallOutput } from "../../src-shared/ipc/contract.ts";
import type { CallOptions, Engine } from "../engine/host/engine.ts";
import { toCliFault, type ExitCode } from "./cli-fault.ts";
import type { OpenBrowser } from "./open-browser.ts";
import { openEngine } from "./open-engine.ts";
import type { Output } from "./output.ts";

/** What every command gets. */
export type CliContext = Readonly<{
  output: Output;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  /** What was piped into the command, or null where a person sits at a terminal, who is not kept waiting. */
  readInput: () => Promise<string | null>;
  openBrowser: OpenBrowser;
  /** Zone of this PC: days and times are told in it. */
  timeZone: string;
  /** Aborts when a person or the system asks the command to stop. */
  signal: AbortSignal;
  /** The exit code of a command that answers and yet did not do all it was asked. */
  endWith(code: Exclude<ExitCode, 0>): void;
}>;

/** The context is made when the command line is parsed: `--data` and `--json` may stand anywhere in it. */
export type ContextOf = () => CliContext;

/** The answer of a call, or the end of the command. */
export async function ask<C extends CallName>(
  engine: Engine,
  name: C,
  input: CallAsk<C>,
  options: CallOptions<C> = {},
): Promise<CallOutput<C>> {
  const outcome = await engine.call(name, input, options);
  if (outcome.ok) return outcome.value;
  throw toCliFault(outcome.fault);
}

/** Works with an engine that may change things: our own, or the one that runs. */
export async function withEngine<T>(
  { dataDir, output }: CliContext,
  work: (engine: Engine) => Promise<T>,
  options: Readonly<{ requestTimeoutMs?: number }> = {},
): Promise<T> {
  const engine = await openEngine({ dataDir, ...options, onNote: output.note });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Works with a reader beside whatever runs. */
export async function withReader<T>({ dataDir }: CliContext, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { openReader } = await import("../engine/main.ts");
  const reader = await openReader({ dataDir });
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
