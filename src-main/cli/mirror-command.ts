import type { Command } from "commander";
import type { MirrorView } from "../../src-shared/ipc/mirror-views.ts";
import { ask, withEngine, withReader, type ContextOf } from "./cli-context.ts";
import { rowNumber } from "./number-option.ts";
import type { Output } from "./output.ts";
import { toIso } from "./table.ts";

const examples = `
Examples:
  callledger mirror status 1
  callledger mirror sync 1`;

const toNumber = rowNumber("An integration");

const stateWords: Readonly<Record<MirrorView["state"], string>> = {
  never: "was never read",
  loading: "is being read for the first time",
  complete: "is up to date",
  stale: "is older than a quarter of an hour; it is read before anything is matched by it",
};

export function addMirrorCommand(program: Command, contextOf: ContextOf): void {
  const group = program
    .command("mirror")
    .description("the local copy of a CRM's people, companies, open deals and owners, by which calls are matched")
    .addHelpText("after", examples);
  group
    .command("status <integration>")
    .description("how far the copy is")
    .action(async (text: string) => {
      const context = contextOf();
      const view = await withReader(context, (engine) => ask(engine, "mirror:status", { id: toNumber(text) }));
      show(context.output, view);
    });
  group
    .command("sync <integration>")
    .description("bring the copy up to date now; a reading that was stopped goes on where it stood")
    .action(async (text: string) => {
      const context = contextOf();
      const view = await withEngine(context, (engine) => ask(engine, "mirror:sync", { id: toNumber(text) }));
      show(context.output, view);
    });
}

function show(output: Output, view: MirrorView): void {
  const { people, companies, deals, owners, phones } = view;
  output.say(`The copy of ${view.label} ${stateWords[view.state]}.`);
  output.say(`${people} people, ${companies} companies, ${deals} open deals, ${owners} owners; ${phones} numbers.`);
  if (view.freshAsOf !== null) output.say(`As of ${toIso(view.freshAsOf) ?? ""}.`);
  if (view.step !== null && view.step !== "")
    output.say(`Reading ${view.step} (${view.stepsDone} of ${view.stepsInAll} steps done).`);
  output.answer({ ...view, freshAsOf: toIso(view.freshAsOf), loadedAt: toIso(view.loadedAt) });
}
