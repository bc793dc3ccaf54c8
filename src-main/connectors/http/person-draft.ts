import { fitValues } from "../../../src-shared/domain/field-check.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import { filterBody, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { PersonAsk, PersonDraft } from "../../engine/ports/connector.ts";

type Values = Readonly<Record<string, string>>;

/**
 * What a new person of a CRM's object gets under the contract, made to fit where it says how. `change`: what the vendor
 * wants otherwise than the contract's own mapping gives it.
 */
export function toPersonDraft(
  contract: OwnershipContract,
  object: string,
  { number, described = [] }: PersonAsk,
  change: (mapped: Values) => Values,
): PersonDraft {
  const rules = Object.hasOwn(contract.objects, object) ? (contract.objects[object]?.fields ?? {}) : {};
  const schema = described.find((each) => each.object === object) ?? null;
  const { values: wanted, fitted } = fitValues(change(valuesOf(rules, { otherParty: number })), rules, schema);
  const { body } = filterBody({ contract, object, operation: "create", wanted });
  return { object, body, fitted: fitted.filter(({ field }) => Object.hasOwn(body, field)) };
}
