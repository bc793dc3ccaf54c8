import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, PersonAsk, PersonCandidate, PersonDraft } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toPersonDraft } from "../http/person-draft.ts";
import type { Client, Refusal } from "./client.ts";
import type { Describer } from "./describe.ts";
import type { Organization } from "./organization.ts";
import { listPhoneFields, toCandidate } from "./person.ts";
import { isSameNumber, toPhoneForms } from "./phone-forms.ts";
import { queryAllPages, textOf } from "./query.ts";
import { toTypedBody } from "./task-body.ts";
import { dataPath, quoteList } from "./wire.ts";

export type CreatePersonParts = Readonly<{
  client: Client;
  organization: Organization;
  describer: Describer;
  contract: OwnershipContract;
}>;

type Result = Promise<Outcome<PersonCandidate, ConnectorFault>>;
type PersonName = "Contact" | "Lead";

/** The object of people whom a policy makes. */
export const personObject = (as: PersonAsk["as"]): PersonName => (as === "lead" ? "Lead" : "Contact");

const saved = z.looseObject({ id: z.string(), success: z.literal(true) });

const mappingFault = (object: PersonName): ConnectorFault => ({
  kind: "rejected",
  reason: "mapping_error",
  answer: toAnswer({ message: `The field contract gives a new ${object} no phone number.` }),
});

/** What a new contact or lead gets under the contract. */
export function draftPerson(
  contract: OwnershipContract,
  ask: PersonAsk,
): PersonDraft & Readonly<{ object: PersonName }> {
  const object = personObject(ask.as);
  const named = ask.name === null ? {} : { LastName: ask.name };
  return { ...toPersonDraft(contract, object, ask, (mapped) => ({ ...mapped, ...named })), object };
}

/** Creates a contact or lead with this number. Where a duplicate rule names somebody who has it, that is the person. */
export async function createPerson(parts: CreatePersonParts, session: CrmSession, ask: PersonAsk): Result {
  const org = await parts.organization.verify(session);
  if (!org.ok) return org;
  const { object, body } = draftPerson(parts.contract, ask);
  const described = await parts.describer.describe(session, object);
  if (!described.ok) return { ok: false, fault: described.fault.fault };
  const field = listPhoneFields(described.value).find((name) => body[name] === ask.number);
  if (field === undefined) return { ok: false, fault: mappingFault(object) };
  const reply = await parts.client.call(session, {
    method: "POST",
    path: dataPath(`/sobjects/${object}`),
    body: toTypedBody(body, described.value),
    kind: "write",
    subject: "other",
    schema: saved,
  });
  if (!reply.ok) return useDuplicate(parts, session, reply.fault, ask.number);
  const { id } = reply.value.value;
  return { ok: true, value: toCandidate(object, id, { ...body, Name: ask.name ?? ask.number }, field) };
}

/** The record that a duplicate rule names, if it really has the number: the rule may have matched by something else. */
async function useDuplicate(
  { client, describer }: CreatePersonParts,
  session: CrmSession,
  refusal: Refusal,
  number: string,
): Result {
  const forms = toPhoneForms(number);
  const named = refusal.errors.flatMap(({ duplicates }) => duplicates);
  for (const object of ["Contact", "Lead"] as const) {
    const ids = named.filter((each) => each.object === object).map(({ id }) => id);
    if (ids.length === 0 || forms === undefined) continue;
    const described = await describer.describe(session, object);
    if (!described.ok) return { ok: false, fault: described.fault.fault };
    const phones = listPhoneFields(described.value);
    const account = object === "Contact" ? ", AccountId" : "";
    const soql = `SELECT Id, Name, OwnerId${account}, ${phones.join(", ")} FROM ${object} WHERE Id IN ${quoteList(ids)}`;
    const found = await queryAllPages(client, session, { soql });
    if (!found.ok) return { ok: false, fault: found.fault.fault };
    for (const record of found.value) {
      const field = phones.find((name) => isSameNumber(textOf(record, name) ?? "", forms));
      if (field !== undefined) return { ok: true, value: toCandidate(object, record.Id, record, field) };
    }
  }
  return { ok: false, fault: refusal.fault };
}
