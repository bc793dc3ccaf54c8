import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, PersonAsk, PersonCandidate, PersonDraft } from "../../engine/ports/connector.ts";
import { toPersonDraft } from "../http/person-draft.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import { contact, toCandidate } from "./person.ts";
import { apiPath, costs } from "./wire.ts";

export type CreatePersonParts = Readonly<{ client: Client; company: Company; contract: OwnershipContract }>;

const personAnswer = z.looseObject({ success: z.literal(true), data: contact });

/** What a new person gets under the contract. Pipedrive wants a name: the number, where the contract gives none. */
export function draftPerson(contract: OwnershipContract, ask: PersonAsk): PersonDraft {
  const named = ask.name === null ? {} : { name: ask.name };
  return toPersonDraft(contract, "persons", ask, (mapped) => ({ ...mapped, ...named }));
}

/** Custom fields, named by forty digits of base sixteen, go apart from Pipedrive's own. */
function toBody({ number }: PersonAsk, body: Readonly<Record<string, string>>): object {
  const entries = Object.entries(body).filter(([field]) => field !== "phones");
  const custom = entries.filter(([field]) => isCustom(field));
  return {
    name: number,
    ...Object.fromEntries(entries.filter(([field]) => !isCustom(field))),
    ...(custom.length === 0 ? {} : { custom_fields: Object.fromEntries(custom) }),
    phones: [{ value: number, primary: true, label: "work" }],
  };
}

const isCustom = (field: string): boolean => /^[0-9a-f]{40}$/.test(field);

/**
 * Creates a person for a number; a lead of Pipedrive is no person but hangs on one, so the policy `lead` makes a person as
 * well. A lost answer stays one: persons have no key of ours to look them up by.
 */
export async function createPerson(
  { client, company, contract }: CreatePersonParts,
  session: CrmSession,
  ask: PersonAsk,
): Promise<Outcome<PersonCandidate, ConnectorFault>> {
  const identity = await company.verify(session);
  if (!identity.ok) return identity;
  const { body } = draftPerson(contract, ask);
  if (body["phones"] !== ask.number)
    return {
      ok: false,
      fault: {
        kind: "rejected",
        reason: "mapping_error",
        answer: { message: "The field contract gives new persons no phone number." },
      },
    };
  const reply = await client.call(session, {
    method: "POST",
    path: apiPath("persons"),
    body: toBody(ask, body),
    kind: "write",
    subject: "other",
    schema: personAnswer,
    cost: costs.write,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  return { ok: true, value: toCandidate("persons", reply.value.value.data, "phones") };
}
