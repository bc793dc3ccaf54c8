import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Healing, healingOf } from "../../src-shared/domain/dead-run.ts";
import { reason, reasonTexts } from "../../src-shared/domain/reason.ts";
import { ownerNames, ownerOf } from "../../src-shared/domain/reason-owner.ts";
import { projectRoot } from "./project-files.ts";

/** Where the table stands. */
export const failureFile = "docs/failures.md";
const begin = "<!-- reasons: made by `npm run docs:failures` -->";
const end = "<!-- /reasons -->";

const healingNames: Readonly<Record<Healing, string>> = {
  trial: "yes: one call tries",
  people: "yes: by the copy of the people",
  never: "no: a person decides",
};

/** Every reason with what people are told, whose move it is, and whether it goes away by itself. */
export function drawReasons(): string {
  const rows = reason.options.map((name) => {
    const { sentence, nextStep } = reasonTexts[name];
    return `| \`${name}\` | ${sentence} | ${nextStep} | ${ownerNames[ownerOf[name]]} | ${healingNames[healingOf[name]]} |`;
  });
  return ["| reason | what happened | what to do | who | heals by itself |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

/** Words and cells of a table, whatever its columns are padded to. */
export const toCells = (table: string): readonly string[] =>
  table
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[\s|:-]+$/.test(line))
    .map((line) => line.replace(/\s*\|\s*/g, "|"));

function split(document: string): Readonly<{ before: string; table: string; after: string }> {
  const [before, rest] = document.split(begin);
  const [table, after] = rest?.split(end) ?? [];
  if (before === undefined || table === undefined || after === undefined)
    throw new Error(`${failureFile} lacks the marks of the table`);
  return { before, table, after };
}

/** The part of the document between the marks. Throws where they are missing. */
export const readTable = (document: string): string => split(document).table;

if (import.meta.main) {
  const file = join(projectRoot, failureFile);
  const { before, after } = split(readFileSync(file, "utf8"));
  writeFileSync(file, `${before}${begin}\n\n${drawReasons()}\n\n${end}${after}`);
}
