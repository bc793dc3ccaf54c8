import { Command } from "commander";
import { z } from "zod";
import { deliveryMoves, deliveryState } from "../../src-shared/domain/delivery.ts";
import { exclusionReason, skipReason } from "../../src-shared/domain/call-record.ts";
import { reason } from "../../src-shared/domain/reason.ts";
import { faultKind } from "../../src-main/sandbox/core/fault-rule.ts";
import { createHubspotConfiguration } from "../../src-main/sandbox/hubspot/configuration.ts";
import { listProjectFiles, readProjectFile } from "./project-files.ts";

/** One thing the product promises, and what a test that names it holds. */
type Promised = Readonly<{ kind: string; name: string; namedBy: RegExp; in?: RegExp }>;

const quoted = (word: string): RegExp => new RegExp(`["'\`]${word}["'\`]`);

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

/** A key counts where a test sets it: the default alone proves nothing. */
function listSandboxKeys(crm: string, config: object): readonly Promised[] {
  return Object.keys(config).map((key) => ({
    kind: `sandbox key of ${crm}`,
    name: key,
    namedBy: new RegExp(`\\b${key}["']?\\s*[:,}\\]]`),
    in: /sandbox/,
  }));
}

/** Every command and subcommand, asked of the command line itself: each `*-command.ts` adds its own to the program. */
async function listCommands(): Promise<readonly Promised[]> {
  const program = new Command();
  const unused = (): never => {
    throw new Error("a command must not ask for its context before it runs");
  };
  for (const file of listProjectFiles("src-main/cli").filter((path) => path.endsWith("-command.ts"))) {
    const exports = z.record(z.string(), z.unknown()).parse({ ...(await import(`../../${file}`)) });
    for (const [name, add] of Object.entries(exports)) {
      if (/^add\w+Command$/.test(name) && typeof add === "function") Reflect.apply(add, undefined, [program, unused]);
    }
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
      in: /cli|crash|demo/i,
    }));
}

const promised: readonly Promised[] = [
  ...deliveryState.options.map((name) => ({ kind: "state", name, namedBy: quoted(name) })),
  ...listMoves(),
  ...reason.options.map((name) => ({ kind: "reason", name, namedBy: quoted(name) })),
  ...listSkipReasons(),
  ...exclusionReason.options.map((name) => ({ kind: "exclusion", name, namedBy: quoted(name) })),
  ...faultKind.options.map((name) => ({ kind: "sandbox fault", name, namedBy: quoted(name), in: /sandbox/ })),
  ...listSandboxKeys("hubspot", createHubspotConfiguration().current()),
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
