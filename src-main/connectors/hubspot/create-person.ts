import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, PersonAsk, PersonCandidate, PersonDraft } from "../../engine/ports/connector.ts";
import { toPersonDraft } from "../http/person-draft.ts";
import { record } from "./batch-answer.ts";
import type { Client, Refusal } from "./client.ts";
import { contacts } from "./person.ts";
import type { Portal } from "./portal.ts";
import { objectsPath, segment } from "./wire.ts";

export type CreatePersonParts = Readonly<{ client: Client; portal: Portal; contract: OwnershipContract }>;

type Result = Promise<Outcome<PersonCandidate, ConnectorFault>>;

/** What a new contact gets under the contract. HubSpot has no leads that a number could stand in for: a lead is a contact in that stage. */
export function draftPerson(contract: OwnershipContract, ask: PersonAsk): PersonDraft {
  const { as, name } = ask;
  return toPersonDraft(contract, "contacts", ask, ({ lifecyclestage, ...mapped }) => ({
    ...mapped,
    ...(name === null ? {} : { lastname: name }),
    ...(as === "lead" && lifecyclestage !== undefined ? { lifecyclestage } : {}),
  }));
}

/** Creates a contact for a number. A lost answer stays one: contacts have no key of ours to look them up by. */
export async function createPerson(parts: CreatePersonParts, session: CrmSession, ask: PersonAsk): Result {
  const portal = await parts.portal.verify(session);
  if (!portal.ok) return portal;
  const { contract, client } = parts;
  const { body } = draftPerson(contract, ask);
  const field = Object.keys(body).find((name) => body[name] === ask.number && name !== "lastname");
  if (field === undefined)
    return {
      ok: false,
      fault: {
        kind: "rejected",
        reason: "mapping_error",
        answer: { message: "The field contract gives new contacts no phone number." },
      },
    };
  const reply = await client.call(session, {
    method: "POST",
    path: objectsPath("contacts"),
    body: { properties: body },
    kind: "write",
    subject: "other",
    schema: record,
  });
  if (!reply.ok) return useExisting(parts, session, reply.fault, field);
  const created = reply.value.value;
  return {
    ok: true,
    value: contacts.toCandidate({ ...created, properties: { ...body, ...created.properties } }, field),
  };
}

/** HubSpot names the contact that is there already in nothing but its message. */
const existingId = /Existing ID:\s*(\d+)/i;

async function useExisting(
  { client }: CreatePersonParts,
  session: CrmSession,
  { fault, error }: Refusal,
  field: string,
): Result {
  const id = existingId.exec(error?.message ?? "")?.[1];
  if (id === undefined) return { ok: false, fault };
  const query = new URLSearchParams({ properties: contacts.properties.join(",") });
  const reply = await client.call(session, {
    method: "GET",
    path: `${objectsPath("contacts", `/${segment(id)}`)}?${query.toString()}`,
    kind: "read",
    subject: "linked",
    schema: record,
  });
  return reply.ok
    ? { ok: true, value: contacts.toCandidate(reply.value.value, field) }
    : { ok: false, fault: reply.fault.fault };
}
