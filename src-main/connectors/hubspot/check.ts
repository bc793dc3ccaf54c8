import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import type { Portal } from "./portal.ts";
import { isWritable, listProperties, type Property } from "./property.ts";
import { objectsPath, ownersPath } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  portal: Portal;
  contract: OwnershipContract;
  keyProperty: string;
  /** False while connecting: the key property is put there by setup, which comes after the first check. */
  isConnected: boolean;
}>;

/** One cheap read per scope: contacts (and calls), companies, owners. A missing scope answers 403 and is named. */
const reads = [
  `${objectsPath("contacts")}?limit=1&properties=hs_object_id`,
  `${objectsPath("companies")}?limit=1&properties=hs_object_id`,
  `${ownersPath}?limit=1`,
];

/** Signs in, names the portal, and finds missing scopes and fields. Writes nothing. */
export async function check(parts: CheckParts, session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>> {
  const account = await parts.portal.identify(session);
  if (!account.ok) return account;
  for (const path of reads) {
    const reply = await parts.client.call(session, {
      method: "GET",
      path,
      kind: "read",
      subject: "other",
      schema: z.looseObject({ results: z.array(z.unknown()) }),
      aboutAccount: true,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  }
  const listed = await listProperties(parts.client, session, "calls");
  if (!listed.ok) return { ok: false, fault: listed.fault.fault };
  const fault = findKeyFault(parts, listed.value) ?? findFieldFault(parts, listed.value);
  return fault === null ? account : { ok: false, fault };
}

function findKeyFault(
  { keyProperty, isConnected }: CheckParts,
  known: ReadonlyMap<string, Property>,
): ConnectorFault | null {
  const key = known.get(keyProperty);
  if (key === undefined && !isConnected) return null;
  if (key?.hasUniqueValue === true) return null;
  const problem = key === undefined ? "does not exist" : "exists but does not demand unique values";
  return {
    kind: "blocked",
    reason: "setup_missing",
    answer: toAnswer({ code: "KEY_PROPERTY", message: `The call property ${keyProperty} ${problem}.` }),
  };
}

/** A field of the contract that the portal does not have, or that nobody can write. */
function findFieldFault(
  { contract, keyProperty }: CheckParts,
  known: ReadonlyMap<string, Property>,
): ConnectorFault | null {
  const fields = Object.hasOwn(contract.objects, "calls") ? contract.objects["calls"]?.fields : undefined;
  for (const [field, rule] of Object.entries(fields ?? {})) {
    if (rule.own === "crm" || field === keyProperty) continue;
    const found = known.get(field);
    if (found !== undefined && isWritable(found)) continue;
    const reason = found === undefined ? "field_missing" : "mapping_error";
    const problem =
      found === undefined ? "does not exist in this portal or is hidden from the key" : "cannot be written";
    return { kind: "rejected", reason, field, answer: toAnswer({ message: `The call property ${field} ${problem}.` }) };
  }
  return null;
}
