import { once } from "node:events";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import {
  type PlannedDelivery,
  type PlannedTotal,
  type PlanVerdict,
  planVerdict,
} from "../../src-shared/ipc/plan-views.ts";
import { badUsage } from "./cli-fault.ts";
import type { CliContext } from "./cli-context.ts";
import { toIso, toTable } from "./table.ts";

/** Calls as they would go out, one by one, and what they come to. */
export type Plan = Readonly<{ all(): Iterable<PlannedDelivery>; totals(): readonly PlannedTotal[] }>;

/** Tells every planned call as it is made out, however many there are: a line of JSON each, or lines for people. */
export async function showPlan(
  { output, signal }: Pick<CliContext, "output" | "signal">,
  plan: Plan,
): Promise<readonly PlannedTotal[]> {
  for (const planned of plan.all()) {
    if (signal.aborted) throw badUsage("Stopped before the plan was told to its end.");
    if (output.isJson) output.data(JSON.stringify(planned));
    else for (const line of toPlanLines(planned)) output.say(line);
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  }
  const totals = plan.totals();
  for (const total of totals) for (const line of toTotalLines(total)) output.say(line);
  return totals;
}

const doings: Readonly<Record<PlanVerdict, string>> = {
  create: "would be written",
  update: "would be changed",
  nothing: "is there as it is",
  hold: "would wait for somebody to add the contact",
  ask: "would wait for somebody to choose the person",
  refuse: "would be refused",
};

/** One planned call as a block of lines: whose it is, what is written, what is wrong. */
export function toPlanLines(planned: PlannedDelivery): readonly string[] {
  const { crm, label, callId, logId, startedAt, direction, status, number, verdict } = planned;
  const where = label === crmNames[crm] ? label : `${crmNames[crm]} (${label})`;
  const what = `${toIso(startedAt) ?? ""} ${direction} ${status}, ${number ?? "no number"}`;
  return [
    `${logId ?? callId} (${what}) ${doings[verdict]} in ${where}`,
    `  ${toWhom(planned)}`,
    ...toTable(planned.fields.map(({ field, value }) => [`  ${field}`, value.replaceAll(/\s*\n\s*/g, " ")])),
    ...planned.kept.map(({ field, why }) => `  ${field} is left alone (${why.replaceAll("_", " ")})`),
    ...toFitLines(planned),
    ...toProblemLines(planned),
  ];
}

function toWhom({ person, makes, rule, evidence, links }: PlannedDelivery): string {
  const by = rule === null ? "" : ` [${rule}]`;
  if (person !== null) {
    const more = links.filter(({ id }) => id !== person.id).map(({ object, id }) => `, ${object} ${id}`);
    return `for ${person.name} (${person.object} ${person.id}${more.join("")})${by}: ${evidence}`;
  }
  return makes === null ? `for nobody${by}: ${evidence}` : `for a new ${makes}: ${evidence}`;
}

/** What was changed so that the CRM takes it. */
export const toFitLines = ({ fitted }: Pick<PlannedDelivery, "fitted">): readonly string[] =>
  fitted.map(({ field, how, from, to }) =>
    how === "trim"
      ? `  made to fit: ${field} cut from ${from.length} to ${to.length} characters`
      : `  made to fit: ${field} written as "${to}" for "${from}"`,
  );

/** What the CRM would refuse, with whose move it is. */
export const toProblemLines = ({ problems }: Pick<PlannedDelivery, "problems">): readonly string[] =>
  problems.flatMap(({ reason, says, mover, fix }) => [
    `  PROBLEM (${reason.replaceAll("_", " ")}): ${says}`,
    `    ${mover === "contract" ? "In the field contract" : "For the CRM's administrator"}: ${fix}`,
  ]);

function toTotalLines({ crm, label, verdicts, people, requests, cost, ...known }: PlannedTotal): readonly string[] {
  const counts = planVerdict.options.filter((verdict) => verdicts[verdict] > 0);
  const units = Object.entries(cost).map(([window, count]) => `${count} of ${window.replaceAll("_", " ")}`);
  const made = people === 0 ? "" : `, ${people} of them with a person who is made first`;
  return [
    `${label === crmNames[crm] ? label : `${crmNames[crm]} (${label})`}: ${counts.map((verdict) => `${verdicts[verdict]} ${verdict}`).join(", ")}${made}.`,
    `  API calls for it: ${requests}${units.length === 0 ? "" : ` (${units.join(", ")})`}, when all goes well.`,
    known.mirrorFreshAsOf === null
      ? "  Nothing is known of its people yet: callledger mirror sync reads them."
      : `  Its people as of ${toIso(known.mirrorFreshAsOf) ?? ""}.`,
    known.schemaReadAt === null
      ? "  Nothing is known of its fields yet: lengths, lists and rights were not looked at."
      : `  Its fields as of ${toIso(known.schemaReadAt) ?? ""}.`,
  ];
}
