import { utilityProcess } from "electron";
import { engineArguments, type LaunchEngine } from "./engine-process.ts";

/** The engine in a utility process of Electron: the default. */
export function createUtilityLauncher(ask: Readonly<{ entry: string; env: NodeJS.ProcessEnv }>): LaunchEngine {
  return () => {
    const child = utilityProcess.fork(ask.entry, [], {
      env: ask.env,
      execArgv: [...engineArguments],
      serviceName: "CallLedger engine",
      stdio: "pipe",
    });
    return {
      pid: () => child.pid,
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Electron, not a window: it has no origin
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on("message", listener),
      onExit: (listener) => void child.once("exit", (code) => listener(`code ${code}`)),
      onOutput(listener) {
        for (const stream of [child.stdout, child.stderr])
          stream?.on("data", (chunk: Buffer) => listener(chunk.toString("utf8")));
      },
      kill: () => {
        // `kill` asks politely; an engine that hangs would not hear it.
        if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
        else child.kill();
      },
    };
  };
}
