import { Command } from "commander";
import { z } from "zod";
import { deliveryMoves, deliveryState } from "../../src-shared/domain/delivery.ts";
import { exclusionReason, skipReason } from "../../src-shared/domain/call-record.ts";
import { reason } from "../../src-shared/domain/reason.ts";
import { faultKind } from "../../src-main/sandbox/core/fault-rule.ts";
import { listProjectFiles, readProjectFile } from "./project-files.ts";

/** One thing the product promises, and what a test that names it holds. */
type Promised = Readonly<{ kind: string; name: string; namedBy: RegExp; in?: RegExp }>;

/** As a text, or as the key of a table. */
const quoted = (word: string): RegExp => new RegExp(`["'\`]${word}["'\`]|(?:^|[{,])\\s*${word}:`, "m");

/** A move is named where one line holds both words: `queued: claim`, `nextState("queued", "claim")`. */
const sameLine = (first: string, second: string): RegExp =>
  new RegExp(`\\b${first}\\b.*\\b${second}\\b|\\b${second}\\b.*\\b${first}\\b`);

function listMoves(): readonly Promised[] {
  return Object.entries(deliveryMoves).flatMap(([from, events]) =>
    Object.keys(events).map((event) => ({ kind: "move", name: `${from}: ${event}`, namedBy: sameLine(from, event) })),
  );
}

/** Reasons to skip a row, as far as a parser gives them: those of formats that are not there yet count when they come. */
function listSkipReasons(): readonly Promised[] {
  const parsers = listProjectFiles("src-main/engine/ingest").map(readProjectFile);
  return skipReason.options
    .filter((name) => parsers.some((text) => quoted(name).test(text)))
    .map((name) => ({ kind: "skip reason", name, namedBy: quoted(name) }));
}

const configuration = z.object({ current: z.function({ input: [], output: z.record(z.string(), z.unknown()) }) });

/** The functions that a module exports under names of this kind. */
async function importFunctions(
  file: string,
  name: RegExp,
): Promise<readonly ((...args: readonly unknown[]) => unknown)[]> {
  const exports = z.record(z.string(), z.unknown()).parse({ ...(await import(`../../${file}`)) });
  return Object.entries(exports).flatMap(([each, value]) =>
    name.test(each) && typeof value === "function"
      ? [(...args: readonly unknown[]): unknown => Reflect.apply(value, undefined, args)]
      : [],
  );
}

/** Every configuration key of every sandbox. A key counts where a test sets it: the default alone proves nothing. */
async function listSandboxKeys(): Promise<readonly Promised[]> {
  const promises: Promised[] = [];
  for (const file of listProjectFiles("src-main/sandbox").filter((path) => /\/\w+\/configuration\.ts$/.test(path))) {
    const crm = file.split("/").at(-2) ?? "";
    const [create] = crm === "core" ? [] : await importFunctions(file, /^create\w*Configuration$/);
    if (create === undefined) continue;
    for (const key of Object.keys(configuration.parse(create()).current()))
      promises.push({
        kind: `sandbox key of ${crm}`,
        name: key,
        namedBy: new RegExp(`\\b${key}["']?\\s*[:,}\\]]`),
        in: new RegExp(`sandbox/(?:${crm}|sandbox)`),
      });
  }
  return promises;
}

/** Every command and subcommand, asked of the command line itself: each `*-command.ts` adds its own to the program. */
async function listCommands(): Promise<readonly Promised[]> {
  const program = new Command();
  const unused = (): never => {
    throw new Error("a command must not ask for its context before it runs");
  };
  for (const file of listProjectFiles("src-main/cli").filter((path) => path.endsWith("-command.ts"))) {
    for (const add of await importFunctions(file, /^add\w+Command$/)) add(program, unused);
  }
  return program.commands
    .flatMap((command) => [
      { name: command.name(), words: [command.name()] },
      ...command.commands.map((sub) => ({
        name: `${command.name()} ${sub.name()}`,
        words: [command.name(), sub.name()],
      })),
    ])
    .map(({ name, words }) => ({
      kind: "command",
      name,
      namedBy: new RegExp(`["'\`]${words.join("\\W+")}["'\`\\s]`),
      in: /cli|crash|demo|secrets/i,
    }));
}

const promised: readonly Promised[] = [
  ...deliveryState.options.map((name) => ({ kind: "state", name, namedBy: quoted(name) })),
  ...listMoves(),
  ...reason.options.map((name) => ({ kind: "reason", name, namedBy: quoted(name) })),
  ...listSkipReasons(),
  ...exclusionReason.options.map((name) => ({ kind: "exclusion", name, namedBy: quoted(name) })),
  ...faultKind.options.map((name) => ({ kind: "sandbox fault", name, namedBy: quoted(name), in: /sandbox/ })),
  ...(await listSandboxKeys()),
  ...(await listCommands()),
];

const tests = listProjectFiles("test")
  .filter((path) => path.endsWith(".test.ts") && !path.startsWith("test/fixtures/"))
  .map((path) => ({ path, text: readProjectFile(path) }));

const missing = promised.filter(
  ({ namedBy, in: where }) => !tests.some(({ path, text }) => (where?.test(path) ?? true) && namedBy.test(text)),
);
for (const { kind, name } of missing) console.log(`No test names the ${kind} ${name}`);
console.log(
  `${promised.length - missing.length} of ${promised.length} promises are named by one of ${tests.length} test files.`,
);
process.exitCode = missing.length === 0 && tests.length > 0 ? 0 : 1;
