// npm runs this after every change of node_modules (script `dependencies`). better-sqlite3 and keytar bring their binaries.
// better-sqlite3 says `gypfile: false`, which npm does not copy into package-lock.json; keytar's install script copies its
// binary to where a compiled one would be, and compiles where it has none. Without these marks `npm ci` of npm 10 would
// compile, which needs Python, a C++ compiler and headers. Written into the lockfile, they are honoured. npm 11 reads
// `allowScripts` in package.json. Plain JavaScript, because the Node of the system may run it.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const before = JSON.stringify(lock);

for (const name of ["better-sqlite3", "keytar"]) {
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) continue;
  entry.gypfile = false;
  delete entry.hasInstallScript;
}

if (JSON.stringify(lock) !== before) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
