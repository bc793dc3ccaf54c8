import { z } from "zod";
import { accountDefaults, toAccountShape } from "../core/account-configuration.ts";
import { createConfiguration } from "../core/configuration.ts";
import { fieldDefinitionInput } from "./field-definition.ts";
import { listedObjects } from "./object-types.ts";

const count = z.int().min(0);
const version = z.string().regex(/^\d{2,3}\.0$/, "is no API version such as 67.0");

/** Every key of `POST /salesforce/config`. Times are ms of the sandbox clock. */
const shape = {
  ...toAccountShape(listedObjects, fieldDefinitionInput),
  plan: z.enum(["developer", "enterprise", "unlimited", "sandbox"]),
  seats: count,
  keyField: z
    .string()
    .regex(/^[A-Za-z]\w*__c$/, "is no name of a custom field")
    .nullable(),
  keyUnique: z.boolean(),
  longRunningMs: count,
  longRunningLimit: count.nullable(),
  otherAppsLongRunning: count,
  rotateRefreshTokens: z.boolean(),
  refreshTokenIdleTtlMs: count.nullable(),
  apiDisabled: z.enum(["none", "org", "user"]),
  storageFull: z.boolean(),
  duplicateRules: z.array(
    z.strictObject({
      object: z.enum(["Contact", "Lead", "Account"]),
      fields: z.array(z.string().min(1)).min(1),
      allowSave: z.boolean(),
    }),
  ),
  automationFaults: z.array(
    z.strictObject({
      object: z.enum(listedObjects),
      on: z.enum(["create", "update"]),
      kind: z.enum(["error", "cpu", "flow"]),
      message: z.string().optional(),
      overRows: count.optional(),
    }),
  ),
  apiVersionMin: version,
  apiVersionMax: version,
  recycleBinMs: count,
  /** The certificate (or public key) of the app, PEM; null: the signature of a JWT is not checked. */
  appCertificate: z.string().min(1).nullable(),
  // What the vendor's documents leave open: each setting is one reading of it.
  softLimitCalls: count,
  apiBurstsHeader: z.boolean(),
  perAppUsageHeader: z.boolean(),
  revokeKillsAccessTokens: z.boolean(),
  introspectEndpoint: z.boolean(),
  loopbackIpRedirect: z.boolean(),
  authCodeTtlMs: count,
  jwtMaxExpMs: count,
  tokenClientErrorStatus: z.union([z.literal(400), z.literal(401)]),
  maxBodyBytes: count,
  searchBareArray: z.boolean(),
  searchMinTermLength: count,
  searchIgnoresPunctuation: z.boolean(),
  parameterizedSearchPost: z.boolean(),
  taskSubtypeUpdateable: z.boolean(),
  leadAllowsWhatId: z.boolean(),
  keyUniqueAcrossActivities: z.boolean(),
  upsertMatchesRecycled: z.boolean(),
  upsertMatchesArchived: z.boolean(),
  polymorphicParentNeedsType: z.boolean(),
  collectionsMaxTypeChunks: count,
  compositeMaxQueries: count,
  batchCountsEach: z.boolean(),
  bulkHashNaIsNull: z.boolean(),
  bulkPolymorphicHeader: z.boolean(),
  bulkMultipartMaxChars: count,
  queryCursorTtlMs: count,
  taskRulesEntity: z.enum(["Task", "Activity"]),
  entityDeletedStatus: z.union([z.literal(400), z.literal(404)]),
  duplicateResultKey: z.enum(["duplicateResut", "duplicateResult"]),
};

const dayMs = 86_400_000;

const defaults: z.input<z.ZodObject<typeof shape>> = {
  ...accountDefaults,
  users: [
    { id: "0055g00000AliceAAB", name: "Alice Example", email: "alice@example.com", active: true },
    { id: "0055g00000BobSaAAJ", name: "Bob Sample", email: "bob@example.com", active: true },
  ],
  searchLagMs: 10_000,
  accessTokenTtlMs: 7_200_000,
  plan: "enterprise",
  seats: 10,
  keyField: "CallLedger_Key__c",
  keyUnique: true,
  longRunningMs: 20_000,
  longRunningLimit: null,
  otherAppsLongRunning: 0,
  rotateRefreshTokens: false,
  refreshTokenIdleTtlMs: 30 * dayMs,
  apiDisabled: "none",
  storageFull: false,
  duplicateRules: [],
  automationFaults: [],
  apiVersionMin: "31.0",
  apiVersionMax: "67.0",
  recycleBinMs: 15 * dayMs,
  appCertificate: null,
  softLimitCalls: 0,
  apiBurstsHeader: false,
  perAppUsageHeader: false,
  revokeKillsAccessTokens: true,
  introspectEndpoint: true,
  loopbackIpRedirect: false,
  authCodeTtlMs: 900_000,
  jwtMaxExpMs: 180_000,
  tokenClientErrorStatus: 400,
  maxBodyBytes: 52_428_800,
  searchBareArray: false,
  searchMinTermLength: 2,
  searchIgnoresPunctuation: true,
  parameterizedSearchPost: true,
  taskSubtypeUpdateable: false,
  leadAllowsWhatId: false,
  keyUniqueAcrossActivities: true,
  upsertMatchesRecycled: false,
  upsertMatchesArchived: true,
  polymorphicParentNeedsType: true,
  collectionsMaxTypeChunks: 10,
  compositeMaxQueries: 5,
  batchCountsEach: false,
  bulkHashNaIsNull: true,
  bulkPolymorphicHeader: true,
  bulkMultipartMaxChars: 100_000,
  queryCursorTtlMs: 2 * dayMs,
  taskRulesEntity: "Task",
  entityDeletedStatus: 400,
  duplicateResultKey: "duplicateResut",
};

export type SalesforceConfig = z.output<z.ZodObject<typeof shape>>;
export type ConfigSource = {
  readonly current: () => SalesforceConfig;
  readonly onChange: (listener: (keys: ReadonlySet<string>) => void) => void;
};

export function createSalesforceConfiguration() {
  return createConfiguration(shape, defaults);
}
