import { spawn } from "node:child_process";

/** Runs a program of the machine to its end; rejects with what it said where it failed. */
export function runTool(command: string, args: readonly string[], cwd: string, timeoutMs = 600_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      // npm is a .cmd file on Windows, which only a shell starts.
      shell: process.platform === "win32",
    });
    let output = "";
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2_000)));
    child.once("error", (cause) => reject(new Error(`${command} could not be started`, { cause })));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args[0] ?? ""} ended with ${signal ?? `code ${code}`}: ${said.trim()}`));
    });
  });
}
