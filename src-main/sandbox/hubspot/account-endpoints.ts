import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { zoneOffsetMs } from "../core/time-zone.ts";
import { objectParam, route, type HubCall, type HubRoute } from "./hub-call.ts";
import type { Limits } from "./limits.ts";
import { objectNames, objectTypes, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { callDispositions } from "./standard-properties.ts";

/** What the account is, what it may use, and what it is made of beside its records. */
export function accountRoutes(portal: Portal, limits: Limits): readonly HubRoute[] {
  return [
    route("GET", "/account-info/:version/details", "open", () => readDetails(portal)),
    route("GET", "/account-info/:version/api-usage/daily/private-apps", "open", () => readUsage(portal, limits)),
    route("GET", "/crm-object-schemas/:version/schemas", "open", () => toJsonAnswer(200, { results: [] })),
    route("GET", "/crm/property-validations/:version/:object", "schema-read", (call) => readValidations(portal, call)),
    route("GET", "/crm/limits/:version/custom-properties", "open", () => readPropertyLimits(portal)),
    route("GET", "/crm/limits/:version/records", "open", () => readRecordLimits(portal)),
    route("GET", "/calling/v1/dispositions", "open", () => toJsonAnswer(200, callDispositions)),
  ];
}

function readDetails({ config, clock }: Portal): SandboxAnswer {
  const { portalId, portalTimeZone } = config.current();
  const utcOffsetMilliseconds = zoneOffsetMs(portalTimeZone, clock.now());
  return toJsonAnswer(200, {
    portalId,
    accountType: "STANDARD",
    timeZone: portalTimeZone,
    companyCurrency: "USD",
    additionalCurrencies: [],
    utcOffset: toOffsetText(utcOffsetMilliseconds),
    utcOffsetMilliseconds,
    uiDomain: "app.hubspot.com",
    dataHostingLocation: "na1",
  });
}

function toOffsetText(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function readUsage({ config, clock }: Portal, limits: Limits): SandboxAnswer {
  if (!config.current().usageApiCoversServiceKeys) return toJsonAnswer(200, { results: [] });
  const { used, limit, resetsAt } = limits.daily();
  const usage = {
    name: "private-apps-api-calls-daily",
    usageLimit: limit,
    currentUsage: used,
    collectedAt: new Date(clock.now()).toISOString(),
    fetchStatus: "SUCCESS",
    resetsAt: new Date(resetsAt).toISOString(),
  };
  return toJsonAnswer(200, { results: [usage] });
}

/** Admin rules on the form of values: lengths and patterns, where the configuration has some. */
function readValidations({ config }: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  const { fieldMaxLength, validationRules } = config.current();
  const lengths = Object.entries(fieldMaxLength[object] ?? {}).map(([name, length]) => ({
    name,
    rule: toRule("MAX_LENGTH", String(length)),
  }));
  const patterns = validationRules
    .filter((rule) => rule.object === object && rule.when.op === "notMatches")
    .map(({ when }) => ({ name: when.field, rule: toRule("REGEX", String(when.value)) }));
  const byName = Map.groupBy([...lengths, ...patterns], ({ name }) => name);
  const results = [...byName].map(([propertyName, rules]) => ({
    propertyName,
    propertyValidationRules: rules.map(({ rule }) => rule),
  }));
  return toJsonAnswer(200, { results });
}

function toRule(ruleType: string, argument: string): object {
  return { ruleType, ruleArguments: [argument], shouldApplyNormalization: false };
}

const customPropertyLimit = 1000;
const recordLimit = 15_000_000;

function readPropertyLimits({ registry }: Portal): SandboxAnswer {
  const byObjectType = objectNames.map((object) => {
    const usage = registry.list(object).filter(({ hubspotDefined }) => !hubspotDefined).length;
    return {
      ...toType(object),
      limit: customPropertyLimit,
      usage,
      percentage: toPercentage(usage, customPropertyLimit),
    };
  });
  return toJsonAnswer(200, { byObjectType });
}

function readRecordLimits({ records }: Portal): SandboxAnswer {
  const byObjectType = objectNames.map((object) => {
    const usage = records.current(object).size();
    return { ...toType(object), limit: recordLimit, usage, percentage: toPercentage(usage, recordLimit) };
  });
  return toJsonAnswer(200, {
    hubspotDefinedObjectTypes: byObjectType,
    customObjectTypes: { byObjectType: [], limit: 0, usage: 0, percentage: 0 },
  });
}

function toType(object: ObjectName): object {
  const { typeId, title } = objectTypes[object];
  return {
    objectTypeId: typeId,
    singularLabel: title,
    pluralLabel: `${object[0]?.toUpperCase() ?? ""}${object.slice(1)}`,
  };
}

function toPercentage(usage: number, limit: number): number {
  return Math.round((usage / limit) * 10_000) / 100;
}
