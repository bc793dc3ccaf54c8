import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { app, protocol } from "electron";
import { dataFolder } from "../engine/host/data-folder.ts";
import { runApp } from "./app.ts";
import { readArguments } from "./command-line.ts";
import { registerAppScheme } from "./security/app-protocol.ts";

/** The entry of the app. What must happen before Electron is ready happens here, the rest in app.ts. */
const given = readArguments(process.argv);
const dataDir = dataFolder(given.data, process.env);
const userData = join(dataDir, "window");
mkdirSync(userData, { recursive: true });
// Beside the ledger and never anywhere else: one app for each data folder, and nothing is lost by a change of name.
app.setPath("userData", userData);
// Chromium refuses to run as root with its sandbox on, and says so; who starts it without has decided that.
if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
registerAppScheme(protocol);

if (app.requestSingleInstanceLock()) void app.whenReady().then(() => runApp({ dataDir, given }));
else app.quit();
