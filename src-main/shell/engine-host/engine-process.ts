/** A process with an engine in it, whatever kind of process it is. Messages are those of src-shared/ipc/host-frames.ts. */
export type EngineProcess = Readonly<{
  /** Undefined until the system has started it. */
  pid: () => number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process has ended or could not be started. */
  onExit(listener: (how: string) => void): void;
  /** Lines that it writes to stdout and stderr: for the log. */
  onOutput(listener: (text: string) => void): void;
  /** Ends it at once. */
  kill(): void;
}>;

/** Starts a new process with the engine. Never throws: what goes wrong comes as an exit. */
export type LaunchEngine = () => EngineProcess;

/**
 * Switches of V8 for the engine. It rests most of the day beside other programs, and what its young generation has grown to
 * is never given back: with 2 MB instead of 16 it holds a sixth less memory at rest, and reads logs as fast. Its old
 * generation may grow to many times what lives in it before V8 looks: held to half as much again, the first start after a
 * large import rests at 115 MB instead of 190.
 */
export const engineArguments: readonly string[] = ["--max-semi-space-size=2", "--heap-growing-percent=50"];
