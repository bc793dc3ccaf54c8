import { createCrowd, type CrowdAsk } from "../../build/bench/crowd.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { killTargets } from "./kill-target.ts";
import { startOffice } from "./office.ts";

export type CrowdWrites = Readonly<{
  delivered: number;
  held: number;
  asked: number;
  /** Calls that were written with somebody who has not their number. */
  wrong: readonly string[];
  /** Calls that are there twice. */
  twice: number;
  /** Requests of the run that wrote the calls, by what they were for; `readings` bring the copy up to date. */
  writes: number;
  readings: number;
  others: number;
}>;

const perRequest = 1_000;

/** A crowd in a CRM's sandbox and calls of its people, matched and written by the whole engine. */
export async function writeCrowd(crm: CrmType, ask: CrowdAsk): Promise<CrowdWrites> {
  const target = killTargets.find((each) => each.crm === crm);
  if (target === undefined) throw new Error(`nothing is known of ${crm}`);
  const office = await startOffice({ crms: [crm], requestTimeoutMs: 60_000 });
  try {
    const [at] = office.crms;
    if (at === undefined) throw new Error("the office has no CRM");
    if (crm === "hubspot") await at.admin.configure({ tenSecondLimit: 100_000, searchPerSecondLimit: 1_000 });
    const crowd = createCrowd(ask);
    const ids: string[] = [];
    for (let from = 0; from < crowd.people.length; from += perRequest) {
      const some = crowd.people.slice(from, from + perRequest);
      const people = some.map(({ name, typed }) => at.words.toPerson({ name, phone: typed }));
      const made = await at.admin.createMany(at.words.person, people);
      ids.push(...made.map((record) => String(record["id"] ?? record["Id"])));
    }
    await office.call("mirror:sync", { id: at.id });
    const seconds = await office.importCalls(crowd.calls.map(({ number }) => number));
    const before = await at.admin.byEndpoint();
    await office.call("sync:run", { until: "idle", idleHorizonMs: 20_000, maxMs: 3_600_000 });
    const spent = Object.entries(await at.admin.byEndpoint()).map(([name, count]) => ({
      kind: target.spending.endpoints.find(({ endpoint }) => endpoint.test(name))?.kind ?? "overhead",
      count: count - (before[name] ?? 0),
    }));
    const sum = (kind: string): number => spent.reduce((all, each) => all + (each.kind === kind ? each.count : 0), 0);
    const numberOf = new Map(seconds.map((length, index) => [length, crowd.calls[index]?.number ?? ""]));
    const records = (await at.admin.records(target.calls)).flatMap((record) => target.toCall(record) ?? []);
    const wrong = records.flatMap(({ seconds: length, links }) => {
      const number = numberOf.get(length) ?? "";
      const holders = new Set((crowd.holders.get(number) ?? []).map((place) => ids[place]));
      return links.every((id) => holders.has(id)) ? [] : [`${number} is not the number of ${links.join(", ")}`];
    });
    const { integrations } = await office.call("status:get", {});
    const { delivered = 0, waiting = 0, dead = 0 } = integrations[0]?.deliveries ?? {};
    return {
      delivered,
      held: waiting,
      asked: dead,
      wrong,
      twice: records.length - new Set(records.map(({ key }) => key)).size,
      writes: sum("batches"),
      readings: sum("look-ups"),
      others: sum("probes") + sum("overhead"),
    };
  } finally {
    await office.close();
  }
}
