/** Why a whole file is refused. `ask` means: it can be read once the user has settled one question. */
export type RefusalCode = "empty" | "binary" | "unknown_format" | "ask" | "settings" | "not_a_file";

/** Thrown when a file as a whole is no call log, or cannot be read without an answer of the user. The message is for people. */
export class LogRefusedError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = "LogRefusedError";
    this.code = code;
  }
}
