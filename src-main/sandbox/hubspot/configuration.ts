import { z } from "zod";
import { accountDefaults, toAccountShape } from "../core/account-configuration.ts";
import { createConfiguration } from "../core/configuration.ts";
import { isTimeZone } from "../core/time-zone.ts";
import { objectNames } from "./object-types.ts";
import { propertyDefinitionInput } from "./property-definition.ts";

const count = z.int().min(0);
const names = z.array(z.string().min(1));

/** Every key of `POST /hubspot/config`. Times are ms of the sandbox clock. */
const shape = {
  ...toAccountShape(objectNames, propertyDefinitionInput),
  plan: z.enum(["free", "starter", "professional", "enterprise"]),
  appType: z.enum(["private", "marketplace"]),
  apiLimitIncreases: z.int().min(0).max(2),
  tenSecondLimit: count.nullable(),
  searchPerSecondLimit: count,
  portalId: z.int().positive(),
  portalTimeZone: z.string().refine(isTimeZone, "is no IANA time zone"),
  rateHeaders: z.boolean(),
  conditionalRequired: z.array(
    z.strictObject({
      object: z.enum(objectNames),
      when: z.strictObject({ property: z.string().min(1), value: z.string() }),
      property: z.string().min(1),
    }),
  ),
  lockAboveConcurrentWrites: count.nullable(),
  migratingForMs: count.nullable(),
  accountSuspended: z.boolean(),
  paymentRequired: z.boolean(),
  maxBodyBytes: z.int().positive(),
  mergeKeepsPrimaryId: z.boolean(),
  maskedPhones: z.boolean(),
  apiVersions: names,
  // What the vendor's documents leave open: each setting is one reading of it.
  callPropertyGroups: names.min(1),
  uniqueCallProperty: z.boolean(),
  callPropertyScope: z.string().min(1),
  loopbackRedirect: z.boolean(),
  pkceWithoutSecret: z.boolean(),
  refreshErrorShape: z.enum(["hubspot", "oauth"]),
  usageApiCoversServiceKeys: z.boolean(),
  rateLimitBodyField: z.enum(["errorType", "category"]),
  retryAfterOn429: z.boolean(),
  companySearchablePhone: z.boolean(),
  searchKeepsTrunkZero: z.boolean(),
  callBodyMaxLength: count,
  autoAssociateCompany: z.boolean(),
  historySources: z.strictObject({ own: z.string().min(1), user: z.string().min(1) }),
  batchReadHistoryMax: count,
  associationBatchReadMax: count,
  associationBatchCreateMax: count,
  duplicateKeysInBatch: z.enum(["error", "lastWins"]),
  uniqueConflictStatus: z.union([z.literal(400), z.literal(409)]),
  calculatedMergedVids: z.boolean(),
  mergedIdRedirects: z.boolean(),
  internalErrorCategory: z.string().min(1),
};

const defaults: z.input<z.ZodObject<typeof shape>> = {
  ...accountDefaults,
  searchLagMs: 8000,
  accessTokenTtlMs: 1_800_000,
  plan: "professional",
  appType: "private",
  apiLimitIncreases: 0,
  tenSecondLimit: null,
  searchPerSecondLimit: 5,
  portalId: 1_234_567,
  portalTimeZone: "US/Eastern",
  rateHeaders: true,
  conditionalRequired: [],
  lockAboveConcurrentWrites: null,
  migratingForMs: null,
  accountSuspended: false,
  paymentRequired: false,
  maxBodyBytes: 10_000_000,
  mergeKeepsPrimaryId: false,
  maskedPhones: false,
  apiVersions: ["2025-09", "2026-03", "2026-09", "v3", "v4"],
  callPropertyGroups: ["call", "callinformation"],
  uniqueCallProperty: true,
  callPropertyScope: "crm.schemas.calls.write",
  loopbackRedirect: true,
  pkceWithoutSecret: false,
  refreshErrorShape: "hubspot",
  usageApiCoversServiceKeys: true,
  rateLimitBodyField: "errorType",
  retryAfterOn429: false,
  companySearchablePhone: false,
  searchKeepsTrunkZero: false,
  callBodyMaxLength: 65_536,
  autoAssociateCompany: false,
  historySources: { own: "INTEGRATION", user: "CRM_UI" },
  batchReadHistoryMax: 50,
  associationBatchReadMax: 100,
  associationBatchCreateMax: 2000,
  duplicateKeysInBatch: "error",
  uniqueConflictStatus: 400,
  calculatedMergedVids: false,
  mergedIdRedirects: true,
  internalErrorCategory: "INTERNAL_ERROR",
};

export type HubspotConfig = z.output<z.ZodObject<typeof shape>>;
export type ConfigSource = {
  readonly current: () => HubspotConfig;
  readonly onChange: (listener: (keys: ReadonlySet<string>) => void) => void;
};

export function createHubspotConfiguration() {
  return createConfiguration(shape, defaults);
}
