import { buildApp } from "./build-app.ts";

const folder = await buildApp({ isTestBuild: process.argv.includes("--test") });
process.stdout.write(`The app is in ${folder}.\n`);
