import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { findDrift, type FieldDrift } from "../../../src-shared/domain/schema-drift.ts";
import { parseContract } from "../ownership/contract-file.ts";
import type { SchemaStore } from "../ports/schema-store.ts";

/** How fields of an integration's contract changed in its CRM since the contract was made; empty where that is not known. */
export function readDrift(
  schemas: SchemaStore,
  { id, crm, contract: text }: Pick<Integration, "id" | "crm" | "contract">,
): readonly FieldDrift[] {
  const [was, now] = [schemas.baseline(id), schemas.get(id)];
  if (was === undefined || now === undefined || was.readAt === now.readAt) return [];
  const contract = parseContract(text);
  if (!contract.ok) return [];
  return findDrift({ contract: contract.value, crm: crmNames[crm], was: was.objects, now: now.objects });
}

export const toDriftSentence = ({ says, fix }: FieldDrift): string => `${says} ${fix}`;
