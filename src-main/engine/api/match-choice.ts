import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmType, Integration } from "../../../src-shared/domain/integration.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import type { MatchCandidate, MatchChoice } from "../../../src-shared/ipc/match-views.ts";
import { fault } from "../host/engine.ts";
import { ownerOfAgent } from "../matching/agent-owner.ts";
import type { Link, MirrorOwner } from "../ports/connector.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { MatchTrial } from "../ports/matcher.ts";
import type { MirrorFinding } from "../ports/mirror.ts";
import type { ApiParts } from "./api-parts.ts";

type Parts = Pick<ApiParts, "deliveries" | "integrations" | "matcher" | "matchRules" | "peopleStore" | "reports">;

/** Records that a person is asked to choose among: as many as there are number keys. */
const mostCandidates = 9;
/** Earlier calls of the number that are looked at. */
const mostEarlier = 500;

const isSame = (a: Link, b: Link): boolean => a.object === b.object && a.id === b.id;

/** What a person needs to say whose a call is: who it may be, what speaks for each, and what every rule said. */
export function toMatchChoice(parts: Parts, deliveryId: number): Outcome<MatchChoice, CallFault> {
  const row = parts.deliveries.get(deliveryId);
  const integration = row === undefined ? undefined : parts.integrations.recall(row.integrationId);
  if (row === undefined || integration === undefined) return fault("bad_input", `There is no delivery ${deliveryId}.`);
  const { call } = row;
  const party = call.direction === "inbound" ? call.from : call.to;
  const number = party !== null && party.startsWith("+") ? party : null;
  const trial = number === null ? null : parts.matcher.tryOut({ integration, number, agent: call.agent });
  const found = trial === null ? [] : candidatesOf(parts, integration, trial);
  const earlier = number === null ? [] : earlierCalls(parts, row, number);
  const look = { row, integration, elsewhere: matchesElsewhere(parts, row), earlier };
  return {
    ok: true,
    value: {
      deliveryId,
      callId: row.callId,
      tenant: row.tenant,
      integrationId: integration.id,
      crm: integration.crm,
      label: integration.label,
      number,
      agent: call.agent,
      startedAt: call.startedAt,
      direction: call.direction,
      status: call.status,
      durationSeconds: call.durationSeconds,
      candidates: found.slice(0, mostCandidates).map((record) => toCandidate(parts, look, record)),
      more: Math.max(0, found.length - mostCandidates),
      rules: trial === null ? [] : trial.rules.map((rule) => ({ ...rule })),
      earlier: earlier.length,
    },
  };
}

/** Everybody with the number as the copy has them now, then the companies that they belong to. */
function candidatesOf({ peopleStore }: Parts, { id }: Integration, { verdict }: MatchTrial): readonly MirrorFinding[] {
  const named = verdict.kind === "matched" || verdict.kind === "ambiguous" ? verdict.match.candidates : [];
  const people = named.flatMap((each) => peopleStore.get(id, each) ?? []);
  const companies = people.flatMap(({ links }) => links.flatMap((link) => peopleStore.get(id, link) ?? []));
  const all = [...people, ...companies.filter(({ kind }) => kind === "company")];
  return all.filter((each, at) => all.findIndex((other) => isSame(toLink(other), toLink(each))) === at);
}

const toLink = ({ object, remoteId }: MirrorFinding): Link => ({ object, id: remoteId });

/** Who the same call is on in the company's other CRMs. */
function matchesElsewhere({ reports, integrations }: Parts, row: DeliveryRow): readonly Elsewhere[] {
  return reports.deliveriesOfCall(row.callRowId).flatMap(({ row: other }) => {
    const crm = integrations.recall(other.integrationId)?.crm;
    const name = other.match?.name ?? null;
    return other.id === row.id || crm === undefined || name === null ? [] : [{ crm, name }];
  });
}

/** Matches of earlier calls of the number at this account, the newest ones. */
function earlierCalls({ matchRules, deliveries }: Parts, row: DeliveryRow, number: string): readonly (Match | null)[] {
  const others = matchRules.deliveriesWith(row.integrationId, number).filter((id) => id !== row.id);
  return others.slice(0, mostEarlier).flatMap((id) => {
    const other = deliveries.get(id);
    return other === undefined || other.call.startedAt > row.call.startedAt ? [] : [other.match];
  });
}

type Elsewhere = Readonly<{ crm: CrmType; name: string }>;
type Look = Readonly<{
  row: DeliveryRow;
  integration: Integration;
  elsewhere: readonly Elsewhere[];
  earlier: readonly (Match | null)[];
}>;

const plain = (name: string): string => name.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase();
const crmsOf = (matches: readonly Elsewhere[]): CrmType[] => [...new Set(matches.map(({ crm }) => crm))];

function toCandidate({ peopleStore }: Parts, look: Look, record: MirrorFinding): MatchCandidate {
  const { row, integration, elsewhere, earlier } = look;
  const link = toLink(record);
  const owners: readonly MirrorOwner[] = peopleStore.owners(integration.id);
  const agentId = ownerOfAgent(owners, row.call.agent, integration.settings["agents"]);
  const isHere = ({ name }: Elsewhere): boolean => plain(name) === plain(record.name);
  return {
    ...link,
    name: record.name,
    kind: record.kind,
    companies: record.links.flatMap((each) => {
      const other = peopleStore.get(integration.id, each);
      return other?.kind === "company" ? [other.name] : [];
    }),
    sameIn: crmsOf(elsewhere.filter(isHere)),
    otherIn: crmsOf(elsewhere.filter((each) => !isHere(each))),
    deal: peopleStore.openDeals(integration.id, [link])[0]?.name ?? null,
    lastActivityAt: record.lastActivityAt,
    owner: owners.find(({ id }) => id === record.ownerId)?.name ?? null,
    isOwnedByAgent: agentId !== null && agentId === record.ownerId,
    calls: earlier.filter((match) => match !== null && match.object === link.object && match.personId === link.id)
      .length,
  };
}
