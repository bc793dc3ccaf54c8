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
