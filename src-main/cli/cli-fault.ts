import type { CallFault } from "../../src-shared/ipc/contract.ts";

/** 1: the work failed. 2: bad usage or input. */
export type ExitCode = 0 | 1 | 2;

/** Ends the command with one sentence for the person and a code for the script. Never a bug. */
export class CliFault extends Error {
  override readonly name = "CliFault";
  readonly exitCode: Exclude<ExitCode, 0>;
  readonly code: string;
  /** Goes beside the error in the JSON answer. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    exitCode: Exclude<ExitCode, 0>,
    message: string,
    code?: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.exitCode = exitCode;
    this.code = code ?? (exitCode === 2 ? "bad_input" : "failed");
    this.details = details;
  }
}

export const badUsage = (message: string): CliFault => new CliFault(2, message);

/** What the engine would not or could not do. */
export const toCliFault = ({ code, message }: CallFault): CliFault =>
  new CliFault(code === "bad_input" ? 2 : 1, message, code);
