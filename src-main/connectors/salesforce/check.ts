import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CheckDepth, CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { createFindings, type Findings } from "../http/findings.ts";
import type { Client } from "./client.ts";
import type { Describer, ObjectDescription } from "./describe.ts";
import { describeKeyProblem, findKeyProblem, isHiddenField, keyFault } from "./key-field.ts";
import { type Organization, organizationPath } from "./organization.ts";
import { describePath, limitsPath } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  organization: Organization;
  describer: Describer;
  contract: OwnershipContract;
  keyField: string;
  /** False while connecting: the key field is looked after by setup, which comes after the first check. */
  isConnected: boolean;
}>;

/** Everything that a run needs to know, in one request: the limits for the budget, leads and accounts for look-ups. */
const overview: readonly string[] = [
  organizationPath,
  describePath("Task"),
  describePath("Contact"),
  describePath("Lead"),
  describePath("Account"),
  limitsPath,
];

/**
 * Signs in, names the org, and finds what is missing: access to tasks and contacts, the key field, fields of the
 * contract. Learns the day's calls. Writes nothing.
 */
export async function check(
  parts: CheckParts,
  session: CrmSession,
  depth: CheckDepth,
): Promise<Outcome<CrmAccount, ConnectorFault>> {
  const read = await parts.client.prefetch(session, overview);
  if (!read.ok) return { ok: false, fault: read.fault.fault };
  const account = await parts.organization.identify(session);
  if (!account.ok) return account;
  const findings = createFindings(depth);
  const task = await describeNeeded(parts, session, "Task");
  const contact = await describeNeeded(parts, session, "Contact");
  for (const described of [task, contact]) if (!described.ok && findings.take(described.fault)) break;
  if (task.ok && !findings.isOver()) await findTaskFaults(parts, session, task.value, findings);
  const fault = findings.fault();
  return fault === null ? account : { ok: false, fault };
}

async function findTaskFaults(
  parts: CheckParts,
  session: CrmSession,
  task: ObjectDescription,
  findings: Findings,
): Promise<void> {
  if (findings.take(findAccessFault(task))) return;
  if (findings.take(await findKeyFault(parts, session, task))) return;
  for (const fault of findFieldFaults(parts, task)) if (findings.take(fault)) return;
}

const permissionFault = (message: string): ConnectorFault => ({
  kind: "blocked",
  reason: "permission_denied",
  answer: toAnswer({ message }),
});

async function describeNeeded(
  { describer }: CheckParts,
  session: CrmSession,
  object: "Task" | "Contact",
): Promise<Outcome<ObjectDescription, ConnectorFault>> {
  const described = await describer.refresh(session, object);
  if (described.ok) return described;
  if (described.fault.status !== 404) return { ok: false, fault: described.fault.fault };
  const message = `The signed-in user may not see ${object} records. Give the user read access to ${object}${object === "Task" ? ", with create and edit" : ""}.`;
  return { ok: false, fault: permissionFault(message) };
}

/** Creating and editing belong together: a call is revised when its log is. */
function findAccessFault({ createable, updateable }: ObjectDescription): ConnectorFault | null {
  if (createable && updateable) return null;
  const lacks = createable ? "edit" : updateable ? "create" : "create or edit";
  return permissionFault(
    `The signed-in user may not ${lacks} Task records. Give the user create and edit access to tasks (profile or permission set).`,
  );
}

async function findKeyFault(
  { client, keyField, isConnected }: CheckParts,
  session: CrmSession,
  task: ObjectDescription,
): Promise<ConnectorFault | null> {
  const problem = findKeyProblem(task, keyField);
  if (problem === null || (problem === "missing" && !isConnected)) return null;
  const isHidden = problem === "missing" && (await isHiddenField(client, session, keyField));
  return keyFault(describeKeyProblem(problem, keyField, isHidden));
}

/** Fields of the contract that tasks do not have, or that the user may not set. */
function findFieldFaults({ contract, keyField }: CheckParts, { fields }: ObjectDescription): readonly ConnectorFault[] {
  const faults: ConnectorFault[] = [];
  const rules = Object.hasOwn(contract.objects, "Task") ? contract.objects["Task"]?.fields : undefined;
  for (const [field, rule] of Object.entries(rules ?? {})) {
    if (rule.own === "crm" || field === keyField) continue;
    const found = fields.get(field);
    if (found?.createable === true || found?.updateable === true) continue;
    const reason = found === undefined ? "field_missing" : "permission_denied";
    const problem = found === undefined ? "does not exist or is hidden from this user" : "may not be set by this user";
    const message = `The field ${field} of tasks ${problem}.`;
    faults.push({ kind: "rejected", reason, field, answer: toAnswer({ message }) });
  }
  return faults;
}
