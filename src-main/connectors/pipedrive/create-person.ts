import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import { filterBody, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, PersonCandidate } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import { contact, toCandidate } from "./person.ts";
import { apiPath, costs } from "./wire.ts";

export type PersonAsk = Readonly<{ number: string; as: "contact" | "lead"; name: string | null }>;
export type CreatePersonParts = Readonly<{ client: Client; company: Company; contract: OwnershipContract }>;

const personAnswer = z.looseObject({ success: z.literal(true), data: contact });

/**
 * Creates a person for a number; a lead of Pipedrive is no person but hangs on one, so the policy `lead` makes a person as
 * well. A lost answer stays one: persons have no key of ours to look them up by.
 */
export async function createPerson(
  { client, company, contract }: CreatePersonParts,
  session: CrmSession,
  { number, name }: PersonAsk,
): Promise<Outcome<PersonCandidate, ConnectorFault>> {
  const identity = await company.verify(session);
  if (!identity.ok) return identity;
  const fields = Object.hasOwn(contract.objects, "persons") ? (contract.objects["persons"]?.fields ?? {}) : {};
  const wanted = { ...valuesOf(fields, { otherParty: number }), ...(name === null ? {} : { name }) };
  const { body } = filterBody({ contract, object: "persons", operation: "create", wanted });
  const { phones, ...rest } = body;
  if (phones !== number)
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
    body: { name: number, ...rest, phones: [{ value: number, primary: true, label: "work" }] },
    kind: "write",
    subject: "other",
    schema: personAnswer,
    cost: costs.write,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  return { ok: true, value: toCandidate("persons", reply.value.value.data, "phones") };
}
