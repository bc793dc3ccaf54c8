import { z } from "zod";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { isUniqueKey, type ObjectDescription } from "./describe.ts";
import { dataPath, quote } from "./wire.ts";

/** What is wrong with the key field, as the signed-in user sees it; null: nothing. */
export type KeyProblem = "missing" | "not_unique" | "not_writable" | "not_text" | null;

export function findKeyProblem({ fields }: ObjectDescription, keyField: string): KeyProblem {
  const field = fields.get(keyField);
  if (field === undefined) return "missing";
  if (field.type !== "string") return "not_text";
  if (!isUniqueKey(field)) return "not_unique";
  return field.createable === true ? null : "not_writable";
}

const fieldDefinitions = z.looseObject({ records: z.array(z.unknown()) });

/** A field that is gone and one that is hidden from the user look alike in a describe; the administrators' view tells them apart. */
export async function isHiddenField(client: Client, session: CrmSession, keyField: string): Promise<boolean> {
  const soql = `SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Task' AND QualifiedApiName = ${quote(keyField)}`;
  const reply = await client.call(session, {
    method: "GET",
    path: dataPath(`/tooling/query/?q=${encodeURIComponent(soql)}`),
    kind: "read",
    subject: "query",
    schema: fieldDefinitions,
  });
  // Who may not see the administrators' view learns only that the field is not there for them.
  return reply.ok && reply.value.value.records.length > 0;
}

const sentences: Readonly<Record<Exclude<KeyProblem, null>, string>> = {
  missing: "does not exist",
  not_unique: "exists but is no external id with unique values",
  not_writable: "exists but this user may only read it",
  not_text: "exists but is no text field",
};

export const describeKeyProblem = (problem: Exclude<KeyProblem, null>, keyField: string, isHidden: boolean): string =>
  isHidden
    ? `The field ${keyField} on Activity exists but is hidden from this user.`
    : `The field ${keyField} on Activity ${sentences[problem]}.`;

export const keyFault = (message: string): ConnectorFault => ({
  kind: "blocked",
  reason: "setup_missing",
  answer: toAnswer({ code: "KEY_FIELD", message }),
});
