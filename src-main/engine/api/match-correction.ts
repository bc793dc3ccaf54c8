import type { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { CallFault, CallInput } from "../../../src-shared/ipc/contract.ts";
import type { matchChangeView } from "../../../src-shared/ipc/match-views.ts";
import { fault } from "../host/engine.ts";
import type { Link } from "../ports/connector.ts";
import type { DeliveryChange, DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { termsOf } from "../sync/delivery-audit.ts";
import { findIntegration } from "./find-integration.ts";

type Parts = Pick<
  ApiParts,
  "peopleStore" | "matchRules" | "integrations" | "reports" | "deliveries" | "clock" | "sync" | "actor"
>;
type Answer = Outcome<z.input<typeof matchChangeView>, CallFault>;
type CallAsk = Pick<CallInput<"match:set">, "call" | "tenant" | "id">;
type Found = Readonly<{ integration: Integration; row: DeliveryRow }>;

/** Calls of the past that are changed in one transaction. */
const rowsPerTransaction = 500;

const numberOf = ({ call }: DeliveryRow): string | null => {
  const party = call.direction === "inbound" ? call.from : call.to;
  return party !== null && party.startsWith("+") ? party : null;
};

/** The one call that is meant, at this account. */
function findDelivery(parts: Parts, { call: text, tenant, id }: CallAsk): Outcome<Found, CallFault> {
  const found = findIntegration(parts.integrations, id);
  if (!found.ok) return found;
  const calls = parts.reports
    .findCalls(text, 20)
    .filter((each) => each.tenant === (tenant ?? found.value.tenant) && each.tenant === found.value.tenant);
  const exact = calls.filter(({ callId }) => callId === text);
  const [call, ...others] = exact.length === 1 ? exact : calls;
  if (call === undefined) return fault("bad_input", `No call of ${found.value.tenant} has the id ${text}.`);
  if (others.length > 0)
    return fault(
      "bad_input",
      `${others.length + 1} calls fit ${text}: ${calls.map(({ callId }) => callId).join(", ")}. Name one.`,
    );
  const brief = parts.reports.deliveriesOfCall(call.rowId).find(({ row }) => row.integrationId === id);
  if (brief === undefined) return fault("bad_input", `The call is not for ${found.value.label}.`);
  return { ok: true, value: { integration: found.value, row: brief.row } };
}

/** The moves by which a call with another match goes out again; null where it is on its way just now. */
function movesOf(state: DeliveryRow["state"]): DeliveryChange["events"] | null {
  switch (state) {
    case "delivered":
      return ["revise"];
    case "waiting":
      return ["due"];
    case "queued":
      return [];
    case "dead":
    case "acknowledged":
      return ["replay"];
    case "sending":
    case "uncertain":
      return null;
  }
}

function toChange(
  row: DeliveryRow,
  match: Match | null,
  ask: Readonly<{ integration: Integration; at: number; summary: string }>,
): DeliveryChange | null {
  const events = movesOf(row.state);
  if (events === null) return null;
  const { integration, at, summary } = ask;
  return {
    id: row.id,
    events,
    patch: { match, lane: 0, dueAt: at, giveUpAt: null, missingReads: 0, waitWhy: null },
    audit: [
      {
        at,
        tenant: row.tenant,
        callId: row.callRowId,
        deliveryId: row.id,
        integrationId: integration.id,
        operation: "match.set",
        outcome: "info",
        summary,
        terms: [...termsOf(row), ...(match === null || match.name === null ? [] : [match.name])],
        payload: { pushed: { before: row.match, after: match } },
      },
    ],
  };
}

const isSame = (match: Match | null, person: Link): boolean =>
  match !== null && match.object === person.object && match.personId === person.id;

/** The person as the copy has it, or a refusal that says what to do. */
function findPerson(parts: Parts, integration: Integration, person: Link) {
  const known = parts.peopleStore.get(integration.id, person);
  if (known !== undefined) return { ok: true, value: known } as const;
  return fault(
    "bad_input",
    `${crmNames[integration.crm]} shows no ${person.object} ${person.id}. "callledger mirror sync ${integration.id}" reads who was added since.`,
  );
}

/** Says whose a call is, and on request whose its number is. */
export function setMatch(parts: Parts, ask: CallInput<"match:set">): Answer {
  const found = findDelivery(parts, ask);
  if (!found.ok) return found;
  const { integration, row } = found.value;
  const known = findPerson(parts, integration, ask.person);
  if (!known.ok) return known;
  const number = numberOf(row);
  if (ask.rule && number === null)
    return fault("bad_input", "The call shows no number, so there is nothing to remember.");
  if (movesOf(row.state) === null) return fault("busy", "The call is on its way just now. Try again in a moment.");
  const { clock, actor, matchRules } = parts;
  const at = clock.now();
  const { name, links } = known.value;
  const { person } = ask;
  const told = { integrationId: integration.id, number: number ?? "", person, name, madeBy: actor, madeAt: at };
  const ruleId = ask.rule ? matchRules.addRule(told).id : null;
  const past = ask.past && number !== null ? matchRules.deliveriesWith(integration.id, number) : [];
  const ids = [...new Set([row.id, ...past])];
  let changed = 0;
  for (let from = 0; from < ids.length; from += rowsPerTransaction) {
    const rows = parts.deliveries.rows(ids.slice(from, from + rowsPerTransaction));
    const changes = rows
      .filter((each) => !isSame(each.match, person) && (each.id === row.id || each.state !== "acknowledged"))
      .flatMap((each) => {
        const match: Match = {
          number: number ?? "",
          object: person.object,
          personId: person.id,
          name,
          also: links,
          rule: "told",
          evidence: `${actor} said that this call is theirs`,
          candidates: each.match?.candidates ?? [],
          matchedAt: at,
        };
        const before =
          each.match === null || each.match.personId === null ? "nobody" : (each.match.name ?? each.match.personId);
        const summary = `${actor} set the person: ${name} (${person.object} ${person.id}) instead of ${before}.`;
        const change = toChange(each, match, { integration, at, summary });
        return change === null ? [] : [{ change, before: each.match }];
      });
    parts.deliveries.apply(changes.map(({ change }) => change));
    for (const { change, before } of changes)
      matchRules.addCorrection({ deliveryId: change.id, ruleId, madeBy: actor, madeAt: at, before });
    changed += changes.length;
  }
  parts.sync.wake();
  const value = { changed, skipped: ids.length - changed, ruleId, person: { ...person, name } };
  return { ok: true, value };
}

/** Takes the newest correction of a call back, and with it its rule and what that changed. */
export function undoMatch(parts: Parts, ask: CallAsk): Answer {
  const found = findDelivery(parts, ask);
  if (!found.ok) return found;
  const { integration, row } = found.value;
  const { matchRules, clock, actor } = parts;
  const correction = matchRules.correctionOf(row.id);
  if (correction === undefined)
    return fault("bad_input", "Nobody corrected this call, so there is nothing to take back.");
  const { ruleId } = correction;
  const all = ruleId === null ? [correction] : matchRules.correctionsOfRule(ruleId);
  const at = clock.now();
  if (ruleId !== null) matchRules.endRule(ruleId, at);
  let changed = 0;
  for (const { id, deliveryId, before } of all) {
    const current = parts.deliveries.get(deliveryId);
    if (current === undefined) continue;
    const was = before === null ? "it is matched anew" : (before.name ?? before.personId ?? "nobody");
    const summary = `${actor} took the correction back: ${was}.`;
    const change = toChange(current, before, { integration, at, summary });
    if (change === null) continue;
    parts.deliveries.apply([change]);
    matchRules.markUndone(id, at);
    changed += 1;
  }
  parts.sync.wake();
  return { ok: true, value: { changed, skipped: all.length - changed, ruleId, person: null } };
}
