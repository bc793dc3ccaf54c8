import { spawn } from "node:child_process";
import { cacheFolder } from "../../src-main/engine/host/data-folder.ts";
import { projectRoot } from "../checks/project-files.ts";
import { buildApp } from "./build-app.ts";
import { describeElectron, electronPlaces, findElectron, NoElectronError, runsDatabase } from "./find-electron.ts";
import { electronArguments } from "./electron-arguments.ts";

/** `npm start`: finds an Electron, puts the app together and runs it. Arguments are handed on (`npm start -- --data DIR`). */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const found = await findElectron(electronPlaces(cacheFolder(process.env), say));
  say(describeElectron(found));
  await buildApp({ isTestBuild: false });
  const env = { ...process.env };
  if (!runsDatabase(found.version) && (env["CALLLEDGER_ENGINE_EXEC"] ?? "") === "") {
    say("This Electron is too old for the database module: the engine runs in a plain Node.");
    env["CALLLEDGER_ENGINE_EXEC"] = process.execPath;
  }
  const args = [...electronArguments(say), projectRoot, ...process.argv.slice(2)];
  const child = spawn(found.executable, args, { env, stdio: "inherit" });
  child.once("error", (error) => {
    say(`Electron could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
  // The terminal's Ctrl+C reaches Electron too; it ends in good order, and this waits for it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
} catch (error) {
  if (!(error instanceof NoElectronError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
