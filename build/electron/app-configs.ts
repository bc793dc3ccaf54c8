import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { InlineConfig, Plugin } from "vite";
import { projectRoot } from "../checks/project-files.ts";
import { compileWords } from "./compile-words.ts";

/** Where the app is put together: `main` of package.json points into it. */
export const appDir = join(projectRoot, "dist", "app");

/** What the oldest Electron that we start understands (25: Chromium 114, Node 18). */
const targets = { node: "node18", page: "chrome114", engine: "node24" } as const;

export type AppBuild = Readonly<{
  /** Marks a build for tests: it honours CALLLEDGER_ENGINE_EXEC also when it is packaged. */
  isTestBuild: boolean;
  outDir?: string;
}>;

const shared = (outDir: string): InlineConfig => ({
  root: projectRoot,
  configFile: false,
  logLevel: "warn",
  build: { outDir, emptyOutDir: false, minify: false, sourcemap: true, reportCompressedSize: false },
});

/** A program for Electron or Node out of one entry, with all that it imports but `external`. */
export function programConfig(ask: {
  entry: string;
  file: string;
  format: "cjs" | "es";
  target: string;
  outDir: string;
  external: readonly (string | RegExp)[];
  define?: Readonly<Record<string, string>>;
  plugins?: readonly Plugin[];
}): InlineConfig {
  const base = shared(ask.outDir);
  return {
    ...base,
    define: { ...ask.define },
    plugins: [...(ask.plugins ?? [])],
    ssr: { noExternal: true, external: ask.external.filter((each) => typeof each === "string") },
    build: {
      ...base.build,
      target: ask.target,
      ssr: join(projectRoot, ask.entry),
      ssrEmitAssets: true,
      rolldownOptions: {
        external: [...ask.external],
        output: { format: ask.format, entryFileNames: ask.file, codeSplitting: false },
      },
    },
  };
}

/** Electron's main process: CommonJS, since old builds know no modules there. */
export const shellConfig = ({ isTestBuild, outDir = appDir }: AppBuild): InlineConfig =>
  programConfig({
    entry: "src-main/shell/main.ts",
    file: "main.cjs",
    format: "cjs",
    target: targets.node,
    outDir,
    external: ["electron", /^node:/],
    define: { CALLLEDGER_TEST_BUILD: String(isTestBuild) },
  });

/** The preload: CommonJS in one file, which is all that a sandboxed one may be. */
export const preloadConfig = ({ outDir = appDir }: AppBuild): InlineConfig =>
  programConfig({
    entry: "src-main/shell/preload/preload.ts",
    file: "preload.cjs",
    format: "cjs",
    target: targets.node,
    outDir,
    external: ["electron"],
  });

/** The engine: our code in one file; packages stay packages, for their binaries and data files. */
export const engineConfig = ({ outDir = appDir }: AppBuild): InlineConfig => {
  const config = programConfig({
    entry: "src-main/engine/child.ts",
    file: "engine.mjs",
    format: "es",
    target: targets.engine,
    outDir,
    external: [/^node:/, /^[^./]/],
    plugins: [keepDataFiles()],
  });
  return { ...config, ssr: {} };
};

/** The page: modules and styles by themselves, nothing inline, as its policy wants it. */
export const rendererConfig = ({ outDir = appDir }: AppBuild): InlineConfig => {
  const base = shared(join(outDir, "renderer"));
  return {
    ...base,
    root: join(projectRoot, "src-renderer"),
    plugins: [compileWords()],
    base: "./",
    build: {
      ...base.build,
      target: targets.page,
      // It is read from this PC's disk, once.
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: {
        // Packages mark what runs in browsers; all of this does.
        onLog: (level, log, report) => (log.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : report(level, log)),
      },
      minify: true,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
};

/**
 * Modules that read files beside themselves find them beside the bundle, under the path of their sources: the data files
 * of their folders are copied there.
 */
function keepDataFiles(): Plugin {
  return {
    name: "keep-data-files",
    async transform(code, id) {
      if (!code.includes("import.meta.url") || !id.startsWith(join(projectRoot, "src-"))) return null;
      const folder = dirname(id);
      const place = `files/${relative(projectRoot, folder).replaceAll("\\", "/")}`;
      for (const name of await readdir(folder)) {
        if (!/\.(?:yaml|json|txt)$/.test(name)) continue;
        const source = await readFile(join(folder, name));
        this.emitFile({ type: "asset", fileName: `${place}/${name}`, source });
      }
      const moved = `new URL(${JSON.stringify(`${place}/module.js`)}, import.meta.url).href`;
      return { code: code.replaceAll("import.meta.url", moved), map: null };
    },
  };
}
