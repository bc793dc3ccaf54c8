import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { CrmKnowledge } from "./api-parts.ts";

/** Settings as a person gives them; null takes one back to the vendor's default. */
export type GivenSettings = Readonly<Record<string, unknown>>;

export type SettingsChange = Readonly<{
  settings: StoredSettings;
  contract: string;
  /** What a person has to do beside it, or null. */
  note: string | null;
}>;

export const withoutNulls = (given: GivenSettings): GivenSettings =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

/** What becomes of an integration with these settings on top of its own, or why that cannot be. */
export function changeSettings(
  knowledge: CrmKnowledge | undefined,
  { crm, settings: before, contract }: Pick<Integration, "crm" | "settings" | "contract">,
  given: GivenSettings,
): Outcome<SettingsChange, CallFault> {
  if (knowledge === undefined) return fault("bad_input", `${crmNames[crm]} has no settings in this version.`);
  const read = knowledge.settings.read(withoutNulls({ ...before, ...given }));
  if (!read.ok) return fault("bad_input", `Settings of ${crmNames[crm]}: ${read.fault}.`);
  const settings = read.value;
  const fixed = knowledge.settings.fixed.find((name) => before[name] !== settings[name]);
  if (fixed !== undefined)
    return fault(
      "bad_input",
      `Settings of ${crmNames[crm]}: ${fixed} cannot change any more, as the calls that were written are found by it. To use another, remove the integration and connect the account again.`,
    );
  return { ok: true, value: { settings, ...toContract(knowledge, { before, settings, contract }) } };
}

/** Settings shape the default contract: one that nobody edited follows them, an edited one is left to its people. */
function toContract(
  { readDefaultContract }: CrmKnowledge,
  { before, settings, contract }: Readonly<{ before: StoredSettings; settings: StoredSettings; contract: string }>,
): Pick<SettingsChange, "contract" | "note"> {
  const [was, is] = [readDefaultContract(before), readDefaultContract(settings)];
  if (was === is) return { contract, note: null };
  if (contract === was) return { contract: is, note: null };
  return {
    contract,
    note: "The field contract of this integration was edited, so it was left as it is. What the setting adds to it or takes away is to be done there.",
  };
}
