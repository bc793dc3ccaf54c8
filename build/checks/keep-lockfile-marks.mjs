// npm runs this after every change of node_modules (script `dependencies`). better-sqlite3 brings its binaries and says
// `gypfile: false`; npm does not copy that into package-lock.json, so `npm ci` of npm 10 would compile it, which needs
// Python, a C++ compiler and Node's headers. Written into the lockfile, the mark is honoured. npm 11 reads it from
// `allowScripts` in package.json. Plain JavaScript, because the Node of the system may run it.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const sqlite = lock.packages["node_modules/better-sqlite3"];

if (sqlite !== undefined && sqlite.gypfile !== false) {
  sqlite.gypfile = false;
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
