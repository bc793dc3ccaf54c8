import { rm } from "node:fs/promises";
import { build } from "vite";
import { appDir, engineConfig, preloadConfig, rendererConfig, shellConfig, type AppBuild } from "./app-configs.ts";

/** Puts the whole app together in dist/app: shell, preload, engine, page. */
export async function buildApp(ask: AppBuild): Promise<string> {
  const outDir = ask.outDir ?? appDir;
  await rm(outDir, { recursive: true, force: true });
  for (const config of [shellConfig, preloadConfig, engineConfig, rendererConfig]) await build(config(ask));
  return outDir;
}
