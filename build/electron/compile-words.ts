import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";
import { projectRoot } from "../checks/project-files.ts";
import { en } from "../../src-renderer/words/en.ts";

const catalogue = join(projectRoot, "src-renderer", "words", "en.ts");
const parser = "@formatjs/icu-messageformat-parser";

/**
 * Texts are parsed here, once, and not each time the window opens; the page gets the parser's own build without its
 * parser. Throws where a text is no ICU message.
 */
export function compileWords(): Plugin {
  const withoutParser = createRequire(import.meta.url).resolve(`${parser}/no-parser.js`);
  return {
    name: "compile-words",
    enforce: "pre",
    resolveId: (id) => (id === parser ? withoutParser : null),
    load(id) {
      if (id !== catalogue) return null;
      const compiled = Object.entries(en).map(([key, text]) => [key, parse(text, { captureLocation: false })]);
      return `export const en = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(compiled)))});`;
    },
  };
}
