import type { MatchVerdict } from "../../src-main/engine/ports/matcher.ts";
import type { ConnectorSubject } from "../contract/connector-suite.ts";
import { type Crowd, type CrowdAsk, createCrowd } from "../../build/bench/crowd.ts";
import { aDeliveryRow } from "./delivery-row.ts";
import { createMatching } from "./matching.ts";
import { type CrmWords, type MirrorStage, startMirror } from "./mirror-stage.ts";

export type CrowdRun = Readonly<{
  crowd: Crowd;
  /** Calls that were matched to a record that has not their number, in words. */
  wrong: readonly string[];
  /** Calls that a person must settle, and how many of them say why by naming every rule. */
  asked: number;
  explained: number;
  matched: number;
  held: number;
  /** Calls to the CRM while matching, the copy's own readings apart. */
  lookUps: number;
  /** Calls to the CRM of the first reading, and of all later ones. */
  firstReading: number;
  laterReadings: number;
  /** One look-up by the copy, µs of the processor. */
  lookUpMicroseconds: number;
}>;

const perRequest = 1_000;
const perMatch = 100;

async function seed({ subject, words }: MirrorStage, crowd: Crowd): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < crowd.people.length; from += perRequest) {
    const some = crowd.people.slice(from, from + perRequest);
    const made = await subject.admin.createMany(
      words.person,
      some.map(({ name, typed }) => words.toPerson({ name, phone: typed })),
    );
    ids.push(...made.map((record) => String(record["id"] ?? record["Id"])));
  }
  return ids;
}

/** What is wrong with a verdict, or null. A number that many share is nobody's. */
function judge(crowd: Crowd, ids: readonly string[], number: string, verdict: MatchVerdict | undefined): string | null {
  const holders = crowd.holders.get(number) ?? [];
  if (verdict?.kind !== "matched") {
    const isRight = holders.length === 0 ? verdict?.kind === "nobody" : holders.length > 1;
    return isRight ? null : `${number} has ${holders.length} people, and the verdict is ${verdict?.kind}`;
  }
  const { personId } = verdict.match;
  if (holders.length > 3) return `${number} is a switchboard, and ${personId} was chosen`;
  return holders.some((place) => ids[place] === personId) ? null : `${number} is not the number of ${personId}`;
}

/** A crowd in a CRM's sandbox, copied over HTTP, and calls matched by the copy. */
export async function runCrowd(subject: ConnectorSubject, words: CrmWords, ask: CrowdAsk): Promise<CrowdRun> {
  const stage = await startMirror(subject, words);
  try {
    if (words.crm === "hubspot") await stage.subject.admin.configure({ tenSecondLimit: 100_000 });
    const crowd = createCrowd(ask);
    const ids = await seed(stage, crowd);
    const atStart = stage.session.sent.length;
    await stage.refresh();
    const firstReading = stage.session.sent.length - atStart;
    const { ledger, connector, session, integration } = stage;
    const { matcher } = createMatching(ledger.store, ledger.clock);
    const verdicts: (MatchVerdict | undefined)[] = [];
    let lookUps = 0;
    const counted = {
      ...connector,
      people: (...asked: Parameters<typeof connector.people>) => {
        lookUps += 1;
        return connector.people(...asked);
      },
    };
    const before = session.sent.length;
    for (let from = 0; from < crowd.calls.length; from += perMatch) {
      const rows = crowd.calls.slice(from, from + perMatch).map(({ number }, index) =>
        aDeliveryRow({
          id: from + index + 1,
          integrationId: integration.id,
          match: null,
          call: { ...aDeliveryRow().call, direction: "inbound", from: number, to: "+442079460010", agent: null },
        }),
      );
      const found = await matcher.match({ ...stage.ask, connector: counted, rows });
      for (const row of rows) verdicts.push(found.get(row.id));
    }
    const laterReadings = session.sent.length - before;
    const judged = crowd.calls.flatMap(({ number }, index) => judge(crowd, ids, number, verdicts[index]) ?? []);
    const asked = verdicts.flatMap((verdict) => (verdict?.kind === "ambiguous" ? [verdict] : []));
    // Time of the processor, so that others at work beside it do not count.
    const usedBefore = process.cpuUsage();
    const find = stage.mirror.finder(integration);
    for (const { number } of crowd.calls) find(number);
    const used = process.cpuUsage(usedBefore);
    const lookUpMicroseconds = (used.user + used.system) / crowd.calls.length;
    return {
      crowd,
      wrong: judged,
      asked: asked.length,
      explained: asked.filter(
        ({ sentence, match }) => /no rule tells them apart: .+/.test(sentence) && match.candidates.length > 1,
      ).length,
      matched: verdicts.filter((verdict) => verdict?.kind === "matched").length,
      held: verdicts.filter((verdict) => verdict?.kind === "nobody").length,
      lookUps,
      firstReading,
      laterReadings,
      lookUpMicroseconds,
    };
  } finally {
    await stage.close();
  }
}

export const toCrowdLine = (crm: string, run: CrowdRun): string =>
  `${crm}: ${run.crowd.people.length} people copied in ${run.firstReading} calls; ${run.crowd.calls.length} calls matched: ${run.matched} matched, ${run.held} held, ${run.asked} asked, ${run.wrong.length} wrong; ${run.lookUps} look-ups and ${run.laterReadings} calls for readings; ${run.lookUpMicroseconds.toFixed(1)} µs a look-up`;
