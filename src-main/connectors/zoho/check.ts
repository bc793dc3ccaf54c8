import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { query } from "./coql.ts";
import type { DurationUnits } from "./duration-unit.ts";
import { isWritable, type FieldMetadata, type Fields } from "./field-metadata.ts";
import type { KeyProof } from "./key-proof.ts";
import type { Org } from "./org.ts";
import { listOwners } from "./owners.ts";
import { callModule } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  org: Org;
  metadata: FieldMetadata;
  units: DurationUnits;
  proof: KeyProof;
  contract: OwnershipContract;
  keyField: string;
  /** False while connecting: our fields are put there by setup, which comes after the first check. */
  isConnected: boolean;
}>;

/** What Zoho does not let change once a call is there, so that only an empty field can be ours to fill. */
const immutable: ReadonlySet<string> = new Set(["Call_Type", "Call_Start_Time", "Owner"]);

/** Read once each: a missing scope or right is named by Zoho. */
const modules = ["Contacts", "Leads", "Accounts", callModule];

/** Signs in, names the org, and finds missing scopes, rights and fields. Writes nothing. */
export async function check(parts: CheckParts, session: CrmSession): Promise<Outcome<CrmAccount, ConnectorFault>> {
  const account = await parts.org.identify(session);
  if (!account.ok) return account;
  for (const module of modules) {
    const read = await query(parts.client, session, {
      module,
      columns: [],
      where: "id is not null",
      limit: 1,
      subject: "other",
      aboutAccount: true,
    });
    if (!read.ok) return { ok: false, fault: read.fault.fault };
  }
  const owners = await listOwners(parts.client, session);
  if (!owners.ok) return owners;
  parts.metadata.drop();
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) return fields;
  const fault = findKeyFault(parts, fields.value) ?? parts.proof.fault() ?? findContractFault(parts, fields.value);
  if (fault !== null) return { ok: false, fault };
  const learnt = await parts.units.learn(session);
  return learnt.ok ? account : learnt;
}

function findKeyFault({ keyField, isConnected }: CheckParts, known: Fields): ConnectorFault | null {
  const key = known.get(keyField);
  if (key === undefined && !isConnected) return null;
  if (key !== undefined && isWritable(key)) return null;
  const problem = key === undefined ? "does not exist" : "cannot be written by this user";
  return {
    kind: "blocked",
    reason: "setup_missing",
    answer: toAnswer({ code: "KEY_FIELD", message: `The field ${keyField} of calls ${problem}.` }),
  };
}

/** A field of the contract that the org does not have, that nobody can write, or that cannot be what the contract makes it. */
function findContractFault({ contract, keyField, isConnected }: CheckParts, known: Fields): ConnectorFault | null {
  const fields = Object.hasOwn(contract.objects, callModule) ? contract.objects[callModule]?.fields : undefined;
  for (const [field, { own }] of Object.entries(fields ?? {})) {
    if (own === "crm" || field === keyField) continue;
    if (immutable.has(field) && own !== "fill-blank")
      return refuse(
        "mapping_error",
        field,
        `Zoho does not let ${field} change once a call is there: make it fill-blank.`,
      );
    const found = known.get(field);
    if (found !== undefined && isWritable(found)) continue;
    // Our own second field is put there by setup, like the key.
    if (found === undefined && !isConnected && field.startsWith("Call_Sync_")) continue;
    return found === undefined
      ? refuse("field_missing", field, `The field ${field} of calls does not exist in this org or is hidden from us.`)
      : refuse("mapping_error", field, `The field ${field} of calls cannot be written.`);
  }
  return null;
}

const refuse = (reason: "mapping_error" | "field_missing", field: string, message: string): ConnectorFault => ({
  kind: "rejected",
  reason,
  field,
  answer: toAnswer({ message }),
});
