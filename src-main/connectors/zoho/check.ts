import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CheckDepth, CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { createFindings, type Findings } from "../http/findings.ts";
import type { HandOver } from "../http/hand-over.ts";
import type { Client, Refusal } from "./client.ts";
import { query } from "./coql.ts";
import type { DurationUnits } from "./duration-unit.ts";
import { isWritable, type FieldMetadata, type Fields } from "./field-metadata.ts";
import type { KeyProof } from "./key-proof.ts";
import type { Org } from "./org.ts";
import { callModule, crmPath } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  org: Org;
  metadata: FieldMetadata;
  units: DurationUnits;
  /** The fields of calls go to the reading of the schema that follows. */
  known: HandOver<Fields>;
  proof: KeyProof;
  contract: OwnershipContract;
  keyField: string;
  /** False while connecting: our fields are put there by setup, which comes after the first check. */
  isConnected: boolean;
}>;

/** What Zoho does not let change once a call is there, so that only an empty field can be ours to fill. */
const immutable: ReadonlySet<string> = new Set(["Call_Type", "Call_Start_Time", "Owner"]);

/** Read once each: a missing scope or right is told by Zoho, and named by us. */
const modules = ["Contacts", "Leads", "Accounts", callModule];

/** Signs in, names the org, and finds missing scopes, rights and fields. Writes nothing. */
export async function check(
  parts: CheckParts,
  session: CrmSession,
  depth: CheckDepth,
): Promise<Outcome<CrmAccount, ConnectorFault>> {
  const account = await parts.org.identify(session);
  if (!account.ok) return account;
  const findings = createFindings(depth);
  await findRights(parts, session, depth, findings);
  if (!findings.isOver()) await findFields(parts, session, findings);
  const fault = findings.fault();
  if (fault !== null) return { ok: false, fault };
  const learnt = await parts.units.learn(session);
  return learnt.ok ? account : learnt;
}

async function findRights(
  parts: CheckParts,
  session: CrmSession,
  depth: CheckDepth,
  findings: Findings,
): Promise<void> {
  const { client } = parts;
  for (const module of modules) {
    const where = "id is not null";
    const ask = { module, columns: [], where, limit: 1, subject: "other", aboutAccount: true } as const;
    const read = await query(client, session, ask);
    const scopes = `ZohoCRM.coql.READ and ZohoCRM.modules.${module.toLowerCase()}.READ`;
    const words = `read ${module.toLowerCase()}`;
    if (!read.ok && findings.take(explainDenial(read.fault, { words, scopes }))) return;
  }
  if (depth === "thorough") {
    for (const right of ["CREATE", "UPDATE"] as const)
      if (findings.take(await tryWrite(client, session, right))) return;
  }
  const owners = await client.call(session, {
    method: "GET",
    path: crmPath("users?type=ActiveUsers&page=1&per_page=1"),
    kind: "read",
    subject: "other",
    schema: z.unknown(),
    empty: null,
    aboutAccount: true,
  });
  if (!owners.ok) findings.take(explainDenial(owners.fault, { words: "read users", scopes: "ZohoCRM.users.READ" }));
}

/** A list without a record: Zoho looks at scope and right first, and has nothing to write then. */
async function tryWrite(
  client: Client,
  session: CrmSession,
  right: "CREATE" | "UPDATE",
): Promise<ConnectorFault | null> {
  const tried = await client.call(session, {
    method: right === "CREATE" ? "POST" : "PUT",
    path: crmPath(callModule),
    body: { data: [] },
    kind: "read",
    subject: "other",
    schema: z.unknown(),
  });
  if (tried.ok || (!isDenied(tried.fault.fault) && tried.fault.fault.kind === "rejected")) return null;
  const words = right === "CREATE" ? "create calls" : "change calls";
  return explainDenial(tried.fault, { words, scopes: `ZohoCRM.modules.calls.${right}` });
}

const isDenied = (fault: ConnectorFault): boolean =>
  (fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied";

/** A refusal in words that say what is missing; other faults stay what they are. */
function explainDenial(
  { fault, error }: Refusal,
  { words, scopes }: Readonly<{ words: string; scopes: string }>,
): ConnectorFault {
  if (!isDenied(fault)) return fault;
  const message =
    error?.code === "OAUTH_SCOPE_MISMATCH"
      ? `The sign-in does not cover what it takes to ${words}: it lacks ${scopes}. Make a new code with the scopes of the documentation, or sign in again.`
      : `The signed-in user may not ${words}. Give the user's profile that right (Setup, Security Control, Profiles).`;
  return { kind: "blocked", reason: "permission_denied", answer: toAnswer({ message }) };
}

async function findFields(parts: CheckParts, session: CrmSession, findings: Findings): Promise<void> {
  parts.metadata.drop();
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) {
    findings.take(fields.fault);
    return;
  }
  parts.known.give(fields.value);
  const proof = parts.proof.fault();
  for (const fault of [findKeyFault(parts, fields.value), proof, ...findContractFaults(parts, fields.value)])
    if (findings.take(fault)) return;
}

function findKeyFault({ keyField, isConnected }: CheckParts, known: Fields): ConnectorFault | null {
  const key = known.get(keyField);
  if (key === undefined && !isConnected) return null;
  if (key !== undefined && isWritable(key)) return null;
  const problem = key === undefined ? "does not exist or is hidden from us" : "cannot be written by this user";
  return {
    kind: "blocked",
    reason: "setup_missing",
    answer: toAnswer({
      code: "KEY_FIELD",
      message: `The field ${keyField} of calls ${problem}: our key stands in it, so that no call is written twice.`,
    }),
  };
}

/** Fields of the contract that the org does not have, that nobody can write, or that cannot be what the contract makes them. */
function findContractFaults({ contract, keyField, isConnected }: CheckParts, known: Fields): readonly ConnectorFault[] {
  const fields = Object.hasOwn(contract.objects, callModule) ? contract.objects[callModule]?.fields : undefined;
  return Object.entries(fields ?? {}).flatMap(([field, { own }]) => {
    if (own === "crm" || field === keyField) return [];
    if (immutable.has(field) && own !== "fill-blank")
      return [
        refuse("mapping_error", field, `Zoho does not let ${field} change once a call is there: make it fill-blank.`),
      ];
    const found = known.get(field);
    if (found !== undefined && isWritable(found)) return [];
    // Our own second field is put there by setup, like the key.
    if (found === undefined && !isConnected && field.startsWith("Call_Sync_")) return [];
    return [
      found === undefined
        ? refuse("field_missing", field, `The field ${field} of calls does not exist in this org or is hidden from us.`)
        : refuse("mapping_error", field, `The field ${field} of calls cannot be written.`),
    ];
  });
}

const refuse = (reason: "mapping_error" | "field_missing", field: string, message: string): ConnectorFault => ({
  kind: "rejected",
  reason,
  field,
  answer: toAnswer({ message }),
});
