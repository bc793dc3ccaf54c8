import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, PersonAsk, PersonCandidate, PersonDraft } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toPersonDraft } from "../http/person-draft.ts";
import { toLostFault } from "../http/unanswered-fault.ts";
import { batchAnswer, readVerdicts } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { isIn, query, type Row } from "./coql.ts";
import type { Org } from "./org.ts";
import { personModules, toCandidate, type PersonModule } from "./person.ts";
import { crmPath, writeCost } from "./wire.ts";

export type CreatePersonParts = Readonly<{
  client: Client;
  org: Org;
  contract: OwnershipContract;
  trigger: readonly string[] | undefined;
}>;

type Result = Promise<Outcome<PersonCandidate, ConnectorFault>>;

const reject = (reason: "mapping_error", message: string): Outcome<never, ConnectorFault> => ({
  ok: false,
  fault: { kind: "rejected", reason, answer: toAnswer({ message }) },
});

/** The module of people whom a policy makes. */
export const personModule = (as: PersonAsk["as"]): "Contacts" | "Leads" => (as === "lead" ? "Leads" : "Contacts");

/** What a new contact or lead gets under the contract. */
export function draftPerson(contract: OwnershipContract, ask: PersonAsk): PersonDraft {
  const named = ask.name === null ? {} : { Last_Name: ask.name };
  return toPersonDraft(contract, personModule(ask.as), ask, (mapped) => ({ ...mapped, ...named }));
}

/** Creates a contact or a lead for a number. A lost answer stays one: people have no key of ours to look them up by. */
export async function createPerson(parts: CreatePersonParts, session: CrmSession, ask: PersonAsk): Result {
  const module = personModule(ask.as);
  const person = personModules.find((each) => each.module === module);
  if (person === undefined) throw new Error(`${module} is no module of people`);
  const org = await parts.org.verify(session);
  if (!org.ok) return org;
  const { contract, client, trigger } = parts;
  const { body } = draftPerson(contract, ask);
  const field = Object.keys(body).find(
    (name) => body[name] === ask.number && !["Last_Name", "Company", "Account_Name"].includes(name),
  );
  if (field === undefined) return reject("mapping_error", `The field contract gives new ${module} no phone number.`);
  const reply = await client.call(session, {
    method: "POST",
    path: crmPath(module),
    body: { data: [body], ...(trigger === undefined ? {} : { trigger }) },
    kind: "write",
    subject: "person",
    schema: batchAnswer,
    isBatch: true,
    cost: writeCost(1),
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const [verdict] = readVerdicts(reply.value.value, 1);
  if (verdict?.kind === "done") return { ok: true, value: toCandidate(person, { ...body, id: verdict.id }, field) };
  if (verdict?.kind !== "refused")
    return { ok: false, fault: toLostFault("write", { message: "the answer does not say what became of the person" }) };
  const { error } = verdict;
  // The CRM's own duplicate check knows the person: nobody is made a second time.
  if (error.code === "DUPLICATE_DATA" && error.existingId !== undefined)
    return useExisting(parts, session, person, error.existingId, field);
  return { ok: false, fault: client.judge(error, "person") };
}

async function useExisting(
  { client }: CreatePersonParts,
  session: CrmSession,
  person: PersonModule,
  id: string,
  field: string,
): Result {
  const read = await query(client, session, {
    module: person.module,
    columns: person.columns,
    where: isIn("id", [id]),
    subject: "person",
  });
  if (!read.ok) return { ok: false, fault: read.fault.fault };
  const found: Row = read.value.rows[0] ?? { id };
  return { ok: true, value: toCandidate(person, found, field) };
}
