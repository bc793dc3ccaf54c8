import { type Integration, toMadePerson } from "../../../src-shared/domain/integration.ts";
import type { PlannedDelivery, PlannedTotal, PlanVerdict } from "../../../src-shared/ipc/plan-views.ts";
import { parseContract } from "../ownership/contract-file.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { MatchVerdict } from "../ports/matcher.ts";
import type { DeliveryMark } from "../ports/report-store.ts";
import { otherParty } from "../sync/call-facts.ts";
import type { ApiParts } from "./api-parts.ts";
import { judgePerson } from "../sync/pre-validation.ts";
import { type PayloadParts, type PayloadPlace, toPayload, toPayloadPlace } from "./payload.ts";

type Parts = PayloadParts & Pick<ApiParts, "integrations" | "reports" | "matcher" | "people">;

/** Deliveries read at a time: what is in memory stays small, however many calls there are. */
const pageRows = 500;

/** What would become of calls, told from what is here: nothing is asked of a CRM, and nothing is written. */
export type DeliveryPlans = Readonly<{
  /** Every delivery that came or changed since a mark, in the order in which they came. */
  since(mark: DeliveryMark): Iterable<PlannedDelivery>;
  /** What the deliveries that were told so far come to, by integration. */
  totals(): readonly PlannedTotal[];
}>;

type Tally = { readonly integration: Integration; readonly verdicts: Record<PlanVerdict, number>; people: number };

export function createDeliveryPlans(parts: Parts): DeliveryPlans {
  const { integrations, reports } = parts;
  const places = new Map<number, PayloadPlace>();
  const tallies = new Map<number, Tally>();

  /** Once for each integration. Its stored contract was checked before it was stored. */
  function placeOf(id: number): PayloadPlace | undefined {
    const known = places.get(id);
    if (known !== undefined) return known;
    const integration = integrations.get(id);
    if (integration === undefined) return undefined;
    const parsed = parseContract(integration.contract);
    if (!parsed.ok) throw new Error("a stored field contract does not parse");
    const place = toPayloadPlace(parts, integration, parsed.value);
    places.set(id, place);
    return place;
  }

  function count(integration: Integration, planned: PlannedDelivery): void {
    const none = { create: 0, update: 0, nothing: 0, hold: 0, ask: 0, refuse: 0 };
    const tally = tallies.get(integration.id) ?? { integration, verdicts: none, people: 0 };
    tally.verdicts[planned.verdict] += 1;
    if (planned.makes !== null && planned.verdict === "create") tally.people += 1;
    tallies.set(integration.id, tally);
  }

  function plan(row: DeliveryRow, place: PayloadPlace): PlannedDelivery {
    const { integration } = place;
    const who = matchOf(parts, row, integration);
    const matched = who.match === null ? row : { ...row, match: who.match };
    const { operation, payload: ofCall } = toPayload(parts, place, { row: matched });
    const payload = { ...ofCall, problems: [...toMakingProblems(place, row, who.makes), ...ofCall.problems] };
    const { call } = row;
    return {
      ...payload,
      callId: row.callId,
      logId: call.logId,
      startedAt: call.startedAt,
      direction: call.direction,
      status: call.status,
      number: otherParty(row),
      agent: call.agent,
      integrationId: integration.id,
      crm: integration.crm,
      label: integration.label,
      verdict: verdictOf(who.waits, operation, payload),
      person: toPerson(who.match),
      makes: who.makes,
      rule: who.match?.rule ?? null,
      evidence: who.evidence,
    };
  }

  /** What the CRM's description says against making the person first. */
  function toMakingProblems(
    { integration, connector, described }: PayloadPlace,
    row: DeliveryRow,
    makes: Who["makes"],
  ): PlannedDelivery["problems"] {
    const number = otherParty(row);
    if (makes === null || number === null) return [];
    const draft = connector.draftPerson({ number, as: makes, name: null, described });
    return judgePerson(draft, described, integration.crm).map((each) => ({ ...each }));
  }

  return {
    *since(mark) {
      for (let after = 0; ;) {
        const page = reports.deliveriesSince({ ...mark, after, limit: pageRows });
        for (const { row } of page) {
          const place = placeOf(row.integrationId);
          if (place === undefined) continue;
          const planned = plan(row, place);
          count(place.integration, planned);
          yield planned;
        }
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.row.id;
      }
    },
    totals: () => [...tallies.values()].map((tally) => toTotal(parts, tally)),
  };
}

/** Whose a call would be; `waits`: why it would not be written yet. */
type Who = Readonly<{
  match: Match | null;
  makes: PlannedDelivery["makes"];
  waits: "hold" | "ask" | null;
  evidence: string;
}>;

function matchOf({ matcher, people }: Parts, row: DeliveryRow, integration: Integration): Who {
  if (row.match !== null && !matcher.isOutdated(row))
    return { match: row.match, makes: null, waits: null, evidence: row.match.evidence };
  const number = otherParty(row);
  if (number === null)
    return { match: null, makes: null, waits: null, evidence: "The call shows no number to look for." };
  const { verdict } = matcher.tryOut({ integration, number, agent: row.call.agent });
  return toWho(verdict, integration, ["never", "loading"].includes(people.state(integration.id)));
}

function toWho(verdict: MatchVerdict, { unknownCaller }: Integration, isUnread: boolean): Who {
  if (verdict.kind === "matched")
    return { match: verdict.match, makes: null, waits: null, evidence: verdict.match.evidence };
  if (verdict.kind === "ambiguous") return { match: null, makes: null, waits: "ask", evidence: verdict.sentence };
  const evidence = isUnread
    ? "The CRM's people were not read yet: whether anybody has this number is not known."
    : "Nobody in the copy of the CRM's people has this number.";
  const makes = toMadePerson(unknownCaller);
  return { match: null, makes, waits: makes === null ? "hold" : null, evidence };
}

const toPerson = (match: Match | null): PlannedDelivery["person"] =>
  match === null || match.object === null || match.personId === null
    ? null
    : { object: match.object, id: match.personId, name: match.name ?? match.personId };

function verdictOf(
  waits: Who["waits"],
  operation: "create" | "update" | "link",
  { problems, links }: Pick<PlannedDelivery, "problems" | "links">,
): PlanVerdict {
  if (waits !== null) return waits;
  if (problems.length > 0) return "refuse";
  if (operation !== "link") return operation;
  return links.length > 0 ? "update" : "nothing";
}

function toTotal(
  { connectorFor, people, schemas }: Parts,
  { integration, verdicts, people: made }: Tally,
): PlannedTotal {
  const { id, crm, label } = integration;
  const connector = connectorFor(integration);
  const { requests, cost } = connector.forecast({ creates: verdicts.create, updates: verdicts.update, people: made });
  const { freshAsOf } = people.status(
    id,
    connector.mirror.steps.map(({ name }) => name),
  );
  const schemaReadAt = schemas.get(id)?.readAt ?? null;
  return {
    integrationId: id,
    crm,
    label,
    verdicts,
    people: made,
    requests,
    cost: { ...cost },
    mirror: people.state(id),
    mirrorFreshAsOf: freshAsOf,
    schemaReadAt,
  };
}
