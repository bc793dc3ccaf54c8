import { z } from "zod";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { MatchQuestion } from "../../../src-shared/ipc/story-views.ts";
import type { AuditEntry } from "../ports/audit-log.ts";
import type { DeliveryRow, Match } from "../ports/delivery-store.ts";
import type { MatchTrial } from "../ports/matcher.ts";
import type { ApiParts } from "./api-parts.ts";

type Parts = Pick<ApiParts, "matcher" | "peopleStore" | "connectorFor" | "crms">;
type Asked = Readonly<{ candidates: Match["candidates"]; rules: MatchTrial["rules"] }>;

/** What was kept with the entry that asked; the rest of it is for other readers. */
const keptQuestion = z.looseObject({
  answered: z.looseObject({
    candidates: z.array(z.object({ object: z.string(), id: z.string(), name: z.string(), field: z.string() })),
    rules: z.array(z.object({ rule: z.string(), said: z.string(), decided: z.boolean() })),
  }),
});

/**
 * Of a call that a person must tell the CRM's records apart for: everybody who had its number when it was matched, by the
 * name that the copy of the CRM has now, and what each rule found. Undefined for every other call.
 */
export function toQuestion(
  parts: Parts,
  row: DeliveryRow,
  integration: Integration,
  entries: readonly AuditEntry[],
): MatchQuestion | undefined {
  const isOpen = row.state === "dead" || row.state === "acknowledged";
  if (!isOpen || row.reason !== "ambiguous_match") return undefined;
  const asked = readAsked(row, entries) ?? tryAgain(parts, row, integration);
  if (asked === undefined) return undefined;
  const candidates = asked.candidates.map((each) => {
    const { object, id, field } = each;
    const now = parts.peopleStore.get(integration.id, { object, id });
    return {
      object,
      id,
      field,
      name: now?.name ?? each.name,
      isThere: now !== undefined,
      url: urlOf(parts, integration, each),
    };
  });
  return { candidates, rules: asked.rules.map((each) => ({ ...each })) };
}

function readAsked({ id }: DeliveryRow, entries: readonly AuditEntry[]): Asked | undefined {
  const asked = entries.findLast((each) => each.deliveryId === id && each.reason === "ambiguous_match");
  if (asked === undefined || asked.payload === null) return undefined;
  const kept = keptQuestion.safeParse(JSON.parse(asked.payload));
  return kept.success ? kept.data.answered : undefined;
}

/** Of very many candidates the entry keeps an excerpt, and after an erasure nothing: then the copy is asked as it is now. */
function tryAgain({ matcher }: Parts, { call }: DeliveryRow, integration: Integration): Asked | undefined {
  const number = call.direction === "inbound" ? call.from : call.to;
  if (number === null) return undefined;
  const { verdict, rules } = matcher.tryOut({ integration, number, agent: call.agent });
  return verdict.kind === "ambiguous" ? { candidates: verdict.match.candidates, rules } : undefined;
}

function urlOf({ connectorFor, crms }: Parts, integration: Integration, { object, id }: Asked["candidates"][number]) {
  return crms[integration.crm] === undefined
    ? null
    : connectorFor(integration).recordUrl(integration.account, object, id);
}

/** What a person can do about it from a command line. */
export const toSettleStep = ({ candidates }: MatchQuestion, callId: string, { id }: Integration): string | null => {
  const one = candidates.find(({ isThere }) => isThere) ?? candidates[0];
  return one === undefined
    ? null
    : `Say whose call it is, for example: callledger match set "${callId}" --integration ${id} --person ${one.object}:${one.id} (with --rule for all calls of the number).`;
};
