/**
 * Why a whole file is refused. `ask`: it can be read once the user has settled one question. `unfinished`: an archive that
 * is not whole yet. `outside`: it does not lie in the folder that is watched.
 */
export type RefusalCode =
  | "empty"
  | "binary"
  | "unknown_format"
  | "ask"
  | "settings"
  | "not_a_file"
  | "unfinished"
  | "outside";

/** Thrown when a file as a whole is no call log, or cannot be read without an answer of the user. The message is for people. */
export class LogRefusedError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = "LogRefusedError";
    this.code = code;
  }
}
