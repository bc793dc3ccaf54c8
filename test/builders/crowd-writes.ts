import { type Crowd, type CrowdAsk, createCrowd } from "../../build/bench/crowd.ts";
import { crmNames } from "../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { killTargets } from "./kill-target.ts";
import { type OfficeCrm, startOffice } from "./office.ts";
import { widenLimits } from "./wide-limits.ts";
import { type Purpose, type SeenRequest, watchPurposes } from "./request-purposes.ts";

export type CrowdWrites = Readonly<{
  people: number;
  calls: number;
  delivered: number;
  held: number;
  asked: number;
  /** Calls that are asked about, and whose story names everybody who has the number and what each rule found. */
  explained: number;
  /** Calls that were written with somebody who has not their number. */
  wrong: readonly string[];
  /** Calls that are there twice. */
  twice: number;
  /** Requests of the run that wrote the calls, by what they were for. */
  requests: Readonly<Record<Purpose, number>>;
  /** Requests that none of the known purposes explains: what matching cost. */
  strange: readonly SeenRequest[];
  /** Processor time of engine and sandbox, s: reading the people, and matching and writing the calls. */
  copySeconds: number;
  runSeconds: number;
}>;

const perRequest = 2_000;

async function seed({ admin, words }: OfficeCrm, crowd: Crowd): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < crowd.people.length; from += perRequest) {
    const some = crowd.people.slice(from, from + perRequest);
    const people = some.map(({ name, typed }) => words.toPerson({ name, phone: typed }));
    const made = await admin.createMany(words.person, people);
    ids.push(...made.map((record) => String(record["id"] ?? record["Id"])));
  }
  return ids;
}

const cpuSeconds = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

/** A crowd in a CRM's sandbox and calls of its people, matched and written by the whole engine. */
export async function writeCrowd(crm: CrmType, ask: CrowdAsk): Promise<CrowdWrites> {
  const target = killTargets.find((each) => each.crm === crm);
  if (target === undefined) throw new Error(`nothing is known of ${crm}`);
  const office = await startOffice({ crms: [crm], requestTimeoutMs: 60_000, inMemory: true });
  try {
    const [at] = office.crms;
    if (at === undefined) throw new Error("the office has no CRM");
    await widenLimits(office);
    await office.call("integrations:set", { id: at.id, settings: { country: ["GB"] } });
    const crowd = createCrowd(ask);
    const ids = await seed(at, crowd);
    // They were there long before we are: what changes is what we write.
    await office.pass(2 * 3_600_000);
    const copySeconds = await cpuSeconds(() => office.call("mirror:sync", { id: at.id }));
    const seconds = await office.importCalls(crowd.calls.map(({ number }) => number));
    const watch = watchPurposes(crm, at.baseUrl);
    const runSeconds = await cpuSeconds(() =>
      office.call("sync:run", { until: "idle", idleHorizonMs: 20_000, maxMs: 3_600_000 }),
    ).finally(watch.stop);
    const numberOf = new Map(seconds.map((length, index) => [length, crowd.calls[index]?.number ?? ""]));
    const records = (await at.admin.records(target.calls)).flatMap((record) => target.toCall(record) ?? []);
    const idsOf = (number: string): readonly string[] =>
      (crowd.holders.get(number) ?? []).map((place) => ids[place] ?? "");
    const wrong = records.flatMap(({ seconds: length, links }) => {
      const number = numberOf.get(length) ?? "";
      const holders = idsOf(number);
      const isRight = links.length > 0 && links.every((id) => holders.includes(id));
      return isRight ? [] : [`${number} is not the number of ${links.join(", ")}`];
    });
    const { integrations } = await office.call("status:get", {});
    const { delivered = 0, waiting = 0, dead = 0 } = integrations[0]?.deliveries ?? {};
    const written = new Set(records.map(({ seconds: length }) => length));
    let explained = 0;
    for (const [length, number] of numberOf) {
      const holders = idsOf(number);
      if (holders.length < 2 || written.has(length)) continue;
      const { question, headline } = await office.why(length, at.id);
      const named = (question?.candidates ?? []).map(({ id }) => id);
      const isNamed = named.length === holders.length && named.every((id) => holders.includes(id));
      if (isNamed && (question?.rules.length ?? 0) > 0 && headline.includes("no rule tells them apart")) explained += 1;
    }
    return {
      people: ask.people,
      calls: ask.calls,
      delivered,
      held: waiting,
      asked: dead,
      explained,
      wrong,
      twice: records.length - new Set(records.map(({ key }) => key)).size,
      requests: watch.counts(),
      strange: watch.strange(),
      copySeconds,
      runSeconds,
    };
  } finally {
    await office.close();
  }
}

/** The figures of a run, with the formula of what matching cost. */
export function toWritesLine(crm: CrmType, run: CrowdWrites): string {
  const { writes, keys, copy, account, people } = run.requests;
  const all = writes + keys + copy + account + people;
  const per100 = ((people * 100) / run.calls).toFixed(2);
  return [
    `${crmNames[crm]}: ${run.people} people, ${run.calls} calls: ${run.delivered} written, ${run.held} held, ${run.asked} asked (${run.explained} explained), ${run.wrong.length} wrong, ${run.twice} twice`,
    `requests: ${all} - ${writes} (writes) - ${keys} (reads by key) - ${copy} (the copy's changes) - ${account} (account) = ${people} for matching: ${per100} per 100 calls`,
    ...run.strange.map(({ method, path }) => `for matching: ${method} ${path}`),
    `processor: ${run.copySeconds.toFixed(0)} s for the copy, ${run.runSeconds.toFixed(0)} s for the run, CRM included`,
  ].join("; ");
}
