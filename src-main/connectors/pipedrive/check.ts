import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, SetupReport } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { callObject, isWritableField } from "./activity.ts";
import { findCallType } from "./activity-types.ts";
import { isCallLogField } from "./call-logs.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import { listFields } from "./field-list.ts";
import { apiPath, costs } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  company: Company;
  contract: OwnershipContract;
  /** `key_string` of the activity type that calls are written as. */
  activityType: string;
}>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/** Signs in, names the company, and finds missing scopes, fields and the kind of activity. Writes nothing. */
export async function check(parts: CheckParts, session: CrmSession): Result<CrmAccount> {
  const { client, company, activityType } = parts;
  const identity = await company.identify(session);
  if (!identity.ok) return identity;
  for (const object of ["activities", "persons"]) {
    const reply = await client.call(session, {
      method: "GET",
      // Nobody is older than the vendor: whether we may read is answered without a record.
      path: `${apiPath(object)}?limit=1&updated_until=2000-01-01T00:00:00Z`,
      kind: "read",
      subject: "other",
      schema: z.looseObject({ data: z.array(z.unknown()) }),
      aboutAccount: true,
      cost: costs.list,
    });
    if (!reply.ok) return { ok: false, fault: nameObject(reply.fault.fault, object) };
  }
  const type = await findCallType(client, session, activityType);
  if (!type.ok) return type;
  const fault = await findFieldFault(parts, session);
  return fault === null ? { ok: true, value: identity.value.account } : { ok: false, fault };
}

/** A refusal of a whole object is a matter of the token's rights, not of a record. */
function nameObject(fault: ConnectorFault, object: string): ConnectorFault {
  if (fault.kind !== "rejected" || fault.reason !== "permission_denied") return fault;
  const message = `The token may not read ${object}. Pipedrive said: ${fault.answer.message ?? "no reason"}`;
  return { kind: "blocked", reason: "permission_denied", answer: toAnswer({ ...fault.answer, message }) };
}

/** A field of the contract that the account does not have, that is hidden from us, or that nobody can write. */
async function findFieldFault({ client, contract }: CheckParts, session: CrmSession): Promise<ConnectorFault | null> {
  const fields = Object.hasOwn(contract.objects, callObject) ? contract.objects[callObject]?.fields : undefined;
  const ours = Object.entries(fields ?? {}).flatMap(([field, rule]) =>
    rule.own === "crm" || isCallLogField(field) ? [] : [field],
  );
  const strange = ours.find((field) => !isWritableField(field));
  if (strange !== undefined) return toFieldFault("mapping_error", strange, "cannot be written through the API");
  const listed = await listFields(client, session, "activities");
  // The list takes an admin's scope; without it the first write tells.
  if (!listed.ok) return isForbidden(listed.fault) ? null : listed.fault;
  const known = new Set(listed.value.map(({ code }) => code));
  const missing = ours.find((field) => !known.has(field));
  return missing === undefined
    ? null
    : toFieldFault("field_missing", missing, "does not exist in this account or is hidden from the token");
}

const isForbidden = (fault: ConnectorFault): boolean =>
  (fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied";

const toFieldFault = (reason: "mapping_error" | "field_missing", field: string, problem: string): ConnectorFault => ({
  kind: "rejected",
  reason,
  field,
  answer: toAnswer({ message: `The activity field ${field} ${problem}.` }),
});

/** Nothing is put into Pipedrive: the key lives in the note. What calls rely on is looked for. */
export async function setup({ client, company, activityType }: CheckParts, session: CrmSession): Result<SetupReport> {
  const identity = await company.identify(session);
  if (!identity.ok) return identity;
  const type = await findCallType(client, session, activityType);
  return type.ok ? { ok: true, value: { created: [], found: [`activity type ${type.value}`] } } : type;
}
