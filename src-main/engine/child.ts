import { serveChannel } from "./host/channel-server.ts";
import { reportCrashes } from "./host/crash.ts";
import { openParentChannel } from "./host/parent-channel.ts";
import { startEngine } from "./main.ts";

reportCrashes(
  (text) => process.stderr.write(text),
  // oxlint-disable-next-line unicorn/no-process-exit -- nothing can be trusted after it
  () => process.exit(1),
);

/** The engine as a process of its own, started by the shell: a utility process, or a plain Node with an IPC pipe. */
const channel = openParentChannel(process);
if (channel === undefined) {
  process.stderr.write("This is the engine of the app; the app starts it. In a terminal use: callledger run\n");
  process.exitCode = 2;
} else {
  serveChannel({
    channel,
    pid: process.pid,
    start: async ({ dataDir, background, resolveProxy, onEvent, onFailure }) => {
      const engine = await startEngine({ dataDir, background, resolveProxy, onEvent, onFailure });
      return { engine: engine.raw, close: engine.close };
    },
    exit(code) {
      process.exitCode = code;
      // Messages under way are written out first; should something still hold the process, it must not stay.
      if (process.connected) process.disconnect();
      // oxlint-disable-next-line unicorn/no-process-exit -- a utility process has no other end
      setTimeout(() => process.exit(), process.send === undefined ? 200 : 3_000).unref();
    },
  });
  // The terminal's Ctrl+C reaches every process of its group; the shell decides when the engine ends.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
}
