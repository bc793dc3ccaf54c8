import { formatContract, parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { FieldValue } from "../../../src-shared/domain/mapping.ts";
import type { FieldMode, FieldRule, OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmStage } from "../../simulation/stage.ts";
import type { Chance } from "../../simulation/world.ts";

/** A field of calls that a contract may treat as it likes: nothing else depends on it. `modes`: null leaves it out of the contract. */
type FreeField = Readonly<{ field: string; value: FieldValue; modes: readonly (FieldMode | null)[] }>;

const anyMode = ["agent", "agent", "fill-blank", "append", "crm", null] as const;
const ofOneLine = ["agent", "agent", "fill-blank", "crm", null] as const;
/** Without it the CRM takes no call. */
const always = ["agent", "agent", "fill-blank"] as const;
const title: FieldValue = { template: "{direction:capital} call of {durationSeconds} seconds" };
const body: FieldValue = { template: "Lasted {durationSeconds} seconds, {status}" };

export const freeFields: Readonly<Record<CrmType, readonly FreeField[]>> = {
  hubspot: [
    { field: "hs_call_title", value: title, modes: ofOneLine },
    { field: "hs_call_body", value: body, modes: anyMode },
    { field: "hs_call_from_number", value: { from: "from" }, modes: ofOneLine },
    { field: "hs_call_to_number", value: { template: "{durationSeconds}" }, modes: ofOneLine },
  ],
  salesforce: [
    { field: "Subject", value: title, modes: ofOneLine },
    { field: "Description", value: body, modes: anyMode },
    { field: "CallDisposition", value: { template: "{durationSeconds}" }, modes: ofOneLine },
    { field: "CallObject", value: { from: "logId" }, modes: ofOneLine },
  ],
  zoho: [
    { field: "Subject", value: title, modes: always },
    { field: "Description", value: body, modes: anyMode },
  ],
  pipedrive: [
    { field: "subject", value: title, modes: always },
    { field: "public_description", value: body, modes: anyMode },
  ],
};

/** The default contract with other owners of its free fields, as text. */
export function toAnyContract({ crm, contract: text, vendor }: CrmStage, chance: Chance): string {
  const parsed = parseContract(text);
  if (!parsed.ok) throw new Error("the default contract is not valid");
  const contract: OwnershipContract = parsed.value;
  const drawn = freeFields[crm].map(({ field, value, modes }) => ({ field, value, own: chance.pick(modes) }));
  const free = new Set(drawn.map(({ field }) => field));
  const fields: Readonly<Record<string, FieldRule>> = Object.fromEntries([
    ...Object.entries(contract.objects[vendor.callObject]?.fields ?? {}).filter(([field]) => !free.has(field)),
    ...drawn.flatMap(({ field, value, own }): readonly (readonly [string, FieldRule])[] => {
      if (own === null) return [];
      return [[field, own === "crm" ? { own } : { own, value }]];
    }),
  ]);
  return formatContract({ ...contract, objects: { ...contract.objects, [vendor.callObject]: { fields } } });
}
