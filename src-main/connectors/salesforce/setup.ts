import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, SetupReport } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import type { Describer } from "./describe.ts";
import { describeKeyProblem, findKeyProblem, isHiddenField, keyFault, type KeyProblem } from "./key-field.ts";
import { type SetupFiles, toSetupFiles } from "./metadata-package.ts";
import type { Organization } from "./organization.ts";

/** Puts files where an administrator finds them, in a folder of this name; answers its path. */
export type SaveSetupFiles = (folder: string, files: SetupFiles) => Promise<string>;

export type SetupParts = Readonly<{
  client: Client;
  organization: Organization;
  describer: Describer;
  keyField: string;
  saveSetupFiles: SaveSetupFiles | undefined;
}>;

/**
 * Looks for the key field. A field on Activity can only be deployed by an administrator, so where it is missing nothing
 * is written to the org: the folder to deploy is written, and its steps are told. Safe to repeat.
 */
export async function setup(parts: SetupParts, session: CrmSession): Promise<Outcome<SetupReport, ConnectorFault>> {
  const account = await parts.organization.verify(session);
  if (!account.ok) return account;
  const task = await parts.describer.refresh(session, "Task");
  if (!task.ok) return { ok: false, fault: task.fault.fault };
  const { keyField } = parts;
  const problem = findKeyProblem(task.value, keyField);
  if (problem === null) return { ok: true, value: { created: [], found: [keyField] } };
  const isHidden = problem === "missing" && (await isHiddenField(parts.client, session, keyField));
  const said = describeKeyProblem(problem, keyField, isHidden);
  return { ok: false, fault: keyFault(`${said} ${await toNextStep(parts, problem, isHidden)}`) };
}

async function toNextStep(
  { keyField, saveSetupFiles }: SetupParts,
  problem: Exclude<KeyProblem, null>,
  isHidden: boolean,
): Promise<string> {
  if (isHidden || problem === "not_writable")
    return "Make it visible and editable for this user (field-level security, or a permission set), then connect again.";
  if (problem === "not_unique" || problem === "not_text")
    return "Correct it (Text, Unique, External ID), or name another field in the setting keyField, then connect again.";
  const name = keyField.replace(/__c$/, "");
  const byHand = `Object Manager, Activity, New field ${name}: Text 255, Unique, External ID`;
  if (saveSetupFiles === undefined) return `An administrator adds it in Setup: ${byHand}. Then connect again.`;
  const folder = await saveSetupFiles("salesforce-key-field", toSetupFiles(keyField));
  return `An administrator deploys ${folder} (steps in its README) or adds it in Setup (${byHand}). Then connect again.`;
}
