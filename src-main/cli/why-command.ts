import type { Command } from "commander";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { CallStory, DeliveryStory } from "../../src-shared/ipc/story-views.ts";
import { toLocalTime } from "../../src-shared/domain/local-time.ts";
import { CliFault } from "./cli-fault.ts";
import { ask, withReader, type ContextOf } from "./cli-context.ts";
import type { Output } from "./output.ts";
import { toIso } from "./table.ts";

const examples = `
Examples:
  callledger why 1748938620.1060
  callledger why "asterisk-cdr-csv//1748938620.1060/20250603T081700Z" --json
  callledger why +447700900947`;

export function addWhyCommand(program: Command, contextOf: ContextOf): void {
  program
    .command("why <call>")
    .description("the whole story of one call: by the log's id, our id, or a number")
    .option("--tenant <name>", "of this company only, where several have such a call")
    .addHelpText("after", examples)
    .action(async (text: string, { tenant }: Readonly<{ tenant?: string }>) => {
      const context = contextOf();
      const { output, timeZone } = context;
      const found = await withReader(context, (engine) =>
        ask(engine, "reports:why", { text, timeZone, ...(tenant === undefined ? {} : { tenant }) }),
      );
      if (found.story !== null) {
        showStory(output, found.story, timeZone);
        output.answer(toStoryJson(found.story));
        return;
      }
      const { candidates } = found;
      if (candidates.length === 0)
        throw new CliFault(2, `No call has the id or number ${text}.`, "bad_input", { candidates });
      for (const each of candidates) output.say(`${each.callId}  (${each.tenant})  ${each.headline}`);
      throw new CliFault(
        2,
        `${candidates.length} calls fit ${text}. Name one by its id, as listed, and its --tenant.`,
        "bad_input",
        { candidates },
      );
    });
}

/** A call's story for people. */
export function showStory(output: Output, story: CallStory, timeZone: string): void {
  output.say(story.headline);
  output.say(`Id ${story.callId}, tenant ${story.tenant}. ${story.readFrom}`);
  if (story.excluded !== null) output.say(story.excluded);
  for (const sentence of story.notFor) output.say(sentence);
  for (const delivery of story.deliveries) showDelivery(output, delivery, timeZone);
}

function showDelivery(output: Output, delivery: DeliveryStory, timeZone: string): void {
  output.say("");
  output.say(`${crmNames[delivery.crm]} (${delivery.label}): ${delivery.headline}`);
  for (const paragraph of delivery.paragraphs) output.say(`  ${paragraph}`);
  output.say(`  Key in the CRM: ${delivery.key}`);
  if (delivery.recordUrl !== null) output.say(`  Record: ${delivery.recordUrl}`);
  if (delivery.nextStep !== null) output.say(`  What to do: ${delivery.nextStep}`);
  for (const event of delivery.timeline) output.say(`  ${toLocalTime(event.at, timeZone)}  ${event.summary}`);
}

export const toStoryJson = (story: CallStory) => ({
  callId: story.callId,
  tenant: story.tenant,
  call: story.headline,
  readFrom: story.readFrom,
  excluded: story.excluded,
  notFor: story.notFor,
  deliveries: story.deliveries.map((each) => ({
    ...each,
    waitsUntil: toIso(each.waitsUntil),
    timeline: each.timeline.map((event) => ({ ...event, at: toIso(event.at), nextRetryAt: toIso(event.nextRetryAt) })),
  })),
  timeline: story.timeline.map((event) => ({ ...event, at: toIso(event.at), nextRetryAt: toIso(event.nextRetryAt) })),
});
