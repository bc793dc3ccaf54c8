import { conditionHolds } from "../core/field-condition.ts";
import type { HubspotConfig } from "./configuration.ts";
import type { ObjectName } from "./object-types.ts";
import type { PropertyError } from "./refusal.ts";

export type RuleCheck = {
  readonly object: ObjectName;
  readonly on: "create" | "update";
  /** The record as the write would leave it. */
  readonly after: Readonly<Record<string, string>>;
  /** Version of the path: admin rules on required values bind writes from 2026-09 on, not before. */
  readonly version: string;
};

/** Everything that HubSpot or an admin wants of a record beyond the form of its values. */
export function checkRules(check: RuleCheck, config: HubspotConfig): readonly PropertyError[] {
  return [
    ...checkMinimum(check),
    ...checkRequired(check, config),
    ...checkConditional(check, config),
    ...checkValidation(check, config),
  ];
}

const minimum: Readonly<Record<ObjectName, readonly (readonly string[])[]>> = {
  contacts: [],
  companies: [["name", "domain"]],
  deals: [["dealname"], ["dealstage"], ["pipeline"]],
  calls: [["hs_timestamp"]],
  notes: [["hs_timestamp"]],
  tasks: [["hs_timestamp"]],
  emails: [["hs_timestamp"], ["hs_email_direction"]],
  meetings: [["hs_timestamp"]],
};

/** What HubSpot itself requires of a new record: one of each group. */
function checkMinimum({ object, on, after }: RuleCheck): readonly PropertyError[] {
  if (on === "update") return [];
  return minimum[object]
    .filter((group) => group.every((name) => isBlank(after[name])))
    .map((group) => ({
      name: group[0] ?? "",
      error: "REQUIRED_FIELD",
      message: `Property ${group.map((name) => `"${name}"`).join(" or ")} is required`,
    }));
}

/** ISO dates sort as text; the numbered versions are older than all of them. */
function enforcesAdminRules(version: string): boolean {
  return !version.startsWith("v") && version >= "2026-09";
}

function checkRequired(
  { object, on, after, version }: RuleCheck,
  { requiredFields }: HubspotConfig,
): readonly PropertyError[] {
  if (on === "update" || !enforcesAdminRules(version)) return [];
  return (requiredFields[object] ?? [])
    .filter((name) => isBlank(after[name]))
    .map((name) => ({ name, error: "MISSING_REQUIRED_PROPERTY", message: `Property "${name}" is required on create` }));
}

function checkConditional(
  { object, after, version }: RuleCheck,
  { conditionalRequired }: HubspotConfig,
): readonly PropertyError[] {
  if (!enforcesAdminRules(version)) return [];
  return conditionalRequired
    .filter(
      (rule) =>
        rule.object === object && after[rule.when.property] === rule.when.value && isBlank(after[rule.property]),
    )
    .map(({ property, when }) => ({
      name: property,
      error: "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
      message: `Property "${property}" is required when "${when.property}" is ${when.value}`,
    }));
}

function checkValidation(
  { object, on, after }: RuleCheck,
  { validationRules }: HubspotConfig,
): readonly PropertyError[] {
  return validationRules
    .filter(
      (rule) => rule.object === object && rule.on.includes(on) && conditionHolds(rule.when, after[rule.when.field]),
    )
    .map(({ field, when, message }) => ({ name: field ?? when.field, error: "PROPERTY_VALIDATION", message }));
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value === "";
}
