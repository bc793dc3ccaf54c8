import { enableCompileCache } from "node:module";
import { reportCrashes } from "../engine/host/crash.ts";
import { cacheFolder } from "../engine/host/data-folder.ts";
import { holdYoungGeneration } from "../engine/host/young-generation.ts";
import { leave } from "./leave.ts";

// Without it most of a short command's time goes into compiling. It fails silently where the folder cannot be written.
enableCompileCache(cacheFolder(process.env));
holdYoungGeneration();
reportCrashes(
  (text) => process.stderr.write(text),
  // Nothing can be trusted after it.
  () => process.exit(1),
);
const { runCommandLine } = await import("./program.ts");

// A reader that closes early (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await runCommandLine(process.argv.slice(2));
// Everything is closed by now. Should something still hold the process, it must not hang.
setTimeout(() => leave(Number(process.exitCode ?? 0)), 3_000).unref();
