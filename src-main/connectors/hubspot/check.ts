import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CheckDepth, CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { createFindings, type Findings } from "../http/findings.ts";
import type { HandOver } from "../http/hand-over.ts";
import type { Client } from "./client.ts";
import type { Portal } from "./portal.ts";
import { isWritable, listProperties, type Property } from "./property.ts";
import { objectsPath, ownersPath } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  portal: Portal;
  contract: OwnershipContract;
  /** The properties of calls go to the reading of the schema that follows. */
  properties: HandOver<ReadonlyMap<string, Property>>;
  keyProperty: string;
  /** False while connecting: the key property is put there by setup, which comes after the first check. */
  isConnected: boolean;
}>;

/** What is tried: a request that does no more than show whether we may, and the scope that it takes. */
type Need = Readonly<{ words: string; scope: string; method: "GET" | "POST"; path: string }>;

/** One cheap read per scope: contacts (and calls), companies, owners. */
const reads: readonly Need[] = [
  { words: "read contacts and calls", scope: "crm.objects.contacts.read", method: "GET", path: "contacts" },
  { words: "read companies", scope: "crm.objects.companies.read", method: "GET", path: "companies" },
].map((need) => ({ ...need, method: "GET", path: `${objectsPath(need.path)}?limit=1&properties=hs_object_id` }));
const owners: Need = {
  words: "read owners",
  scope: "crm.objects.owners.read",
  method: "GET",
  path: `${ownersPath}?limit=1`,
};

/** Batches without a record: HubSpot looks at scope and right first, and has nothing to write then. */
const writes: readonly Need[] = [
  { words: "create calls", path: "batch/create" },
  { words: "change calls", path: "batch/update" },
].map(({ words, path }) => ({
  words,
  scope: "crm.objects.contacts.write",
  method: "POST",
  path: objectsPath("calls", `/${path}`),
}));

/** Signs in, names the portal, and finds missing scopes, rights and fields. Writes nothing. */
export async function check(
  parts: CheckParts,
  session: CrmSession,
  depth: CheckDepth,
): Promise<Outcome<CrmAccount, ConnectorFault>> {
  const account = await parts.portal.identify(session);
  if (!account.ok) return account;
  const findings = createFindings(depth);
  for (const need of [...reads, owners, ...(depth === "thorough" ? writes : [])])
    if (findings.take(await tryNeed(parts.client, session, need))) break;
  if (!findings.isOver()) await findFields(parts, session, findings);
  const fault = findings.fault();
  return fault === null ? account : { ok: false, fault };
}

async function findFields(parts: CheckParts, session: CrmSession, findings: Findings): Promise<void> {
  const listed = await listProperties(parts.client, session, "calls");
  if (!listed.ok) {
    findings.take(listed.fault.fault);
    return;
  }
  parts.properties.give(listed.value);
  for (const fault of [findKeyFault(parts, listed.value), ...findFieldFaults(parts, listed.value)])
    if (findings.take(fault)) return;
}

async function tryNeed(client: Client, session: CrmSession, need: Need): Promise<ConnectorFault | null> {
  const { method, path, scope, words } = need;
  const reply = await client.call(session, {
    method,
    path,
    kind: "read",
    subject: "other",
    schema: z.unknown(),
    aboutAccount: true,
    ...(method === "POST" ? { body: { inputs: [] } } : {}),
  });
  if (reply.ok) return null;
  const { fault, error } = reply.fault;
  const isDenied = fault.kind === "blocked" || fault.kind === "rejected" ? fault.reason === "permission_denied" : false;
  // A batch that is empty is refused as such, once the right to send one is there.
  if (!isDenied) return method === "POST" && fault.kind === "rejected" ? null : fault;
  const isScope = error?.words.includes("MISSING_SCOPES") === true;
  const message = isScope
    ? `The key may not ${words}: it lacks the scope ${scope}. Add it to the service key (Development, Keys, Service keys), or to the app and sign in again.`
    : `The user of the key may not ${words}. Give that user the right to it (Settings, Users & Teams).`;
  return { kind: "blocked", reason: "permission_denied", answer: toAnswer({ message }) };
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

/** Fields of the contract that the portal does not have, or that nobody can write. */
function findFieldFaults(
  { contract, keyProperty }: CheckParts,
  known: ReadonlyMap<string, Property>,
): readonly ConnectorFault[] {
  const faults: ConnectorFault[] = [];
  const fields = Object.hasOwn(contract.objects, "calls") ? contract.objects["calls"]?.fields : undefined;
  for (const [field, rule] of Object.entries(fields ?? {})) {
    if (rule.own === "crm" || field === keyProperty) continue;
    const found = known.get(field);
    if (found !== undefined && isWritable(found)) continue;
    const reason = found === undefined ? "field_missing" : "mapping_error";
    const problem =
      found === undefined ? "does not exist in this portal or is hidden from the key" : "cannot be written";
    const message = `The call property ${field} ${problem}.`;
    faults.push({ kind: "rejected", reason, field, answer: toAnswer({ message }) });
  }
  return faults;
}
