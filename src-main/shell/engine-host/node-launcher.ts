import { fork } from "node:child_process";
import { engineArguments, type LaunchEngine } from "./engine-process.ts";

/** The engine in a plain Node, for debugging, profiling, and Electron builds that are too old for the database module. */
export function createNodeLauncher(
  ask: Readonly<{ node: string; entry: string; env: NodeJS.ProcessEnv }>,
): LaunchEngine {
  return () => {
    const child = fork(ask.entry, [], {
      execPath: ask.node,
      // Electron's own switches are none of Node's.
      execArgv: [...engineArguments],
      env: { ...ask.env, NODE_NO_WARNINGS: "1" },
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    return {
      pid: () => child.pid,
      // A pipe that just broke: "exit" follows.
      send: (message) => void (child.connected && child.send(toPlain(message), () => undefined)),
      onMessage: (listener) => void child.on("message", listener),
      onExit(listener) {
        let told = false;
        const tell = (how: string) => {
          if (told) return;
          told = true;
          listener(how);
        };
        child.once("error", (error) => tell(`it could not be started: ${error.message}`));
        child.once("exit", (code, signal) => tell(signal ?? `code ${code}`));
      },
      onOutput(listener) {
        for (const stream of [child.stdout, child.stderr])
          stream?.on("data", (chunk: Buffer) => listener(chunk.toString("utf8")));
      },
      kill: () => void child.kill("SIGKILL"),
    };
  };
}

/** What Node's types take for a message; the structured clone takes all that the contract has. */
const toPlain = (message: unknown): object => (typeof message === "object" && message !== null ? message : { message });
