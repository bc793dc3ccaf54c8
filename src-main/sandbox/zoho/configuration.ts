import { z } from "zod";
import { accountDefaults, toAccountShape } from "../core/account-configuration.ts";
import { createConfiguration } from "../core/configuration.ts";
import { isTimeZone } from "../core/time-zone.ts";
import { fieldDefinitionInput } from "./field-definition.ts";
import { moduleNames } from "./modules.ts";

const count = z.int().min(0);
const ids = z.partialRecord(z.enum(moduleNames), z.array(z.string().min(1)));

export const dataCentres = ["us", "eu", "in", "au", "jp", "ca", "sa", "cn"] as const;
export type DataCentre = (typeof dataCentres)[number];

/** Every key of `POST /zoho/config`. Times are ms of the sandbox clock. */
const shape = {
  ...toAccountShape(moduleNames, fieldDefinitionInput),
  plan: z.enum(["free", "standard", "professional", "enterprise", "ultimate"]),
  seats: count,
  concurrencyLimit: count.nullable(),
  subConcurrencyLimit: count,
  otherAppsConcurrent: count,
  perMinuteLimit: count.nullable(),
  creditsHeaderFrom: z.number().min(0).max(1).nullable(),
  tokensPerTenMinutes: count,
  maxActiveAccessTokens: z.int().positive(),
  tokenThrottleMs: count,
  dataCentre: z.enum(dataCentres),
  storageFull: z.boolean(),
  maxBodyBytes: z.int().positive().nullable(),
  blueprintRecords: ids,
  unapprovedRecords: ids,
  orgTimeZone: z.string().refine(isTimeZone, "is no IANA time zone"),
  // What the vendor's documents leave open: each setting is one reading of it.
  callDurationUnit: z.enum(["hh:mm", "mm:ss"]),
  callSecondsWritable: z.boolean(),
  uniqueOnCalls: z.boolean(),
  fieldsOnCalls: z.boolean(),
  externalFieldsOnCalls: z.boolean(),
  callsUpsert: z.boolean(),
  subjectMandatory: z.boolean(),
  unknownPurposeAdded: z.boolean(),
  unknownFieldInWrite: z.enum(["ignored", "rejected"]),
  layoutRequiredEnforced: z.boolean(),
  mixedBatchStatus: z.union([z.literal(207), z.literal(202), z.literal(200)]),
  overBatchCode: z.string().min(1),
  duplicateIdIn: z.enum(["duplicate_record", "details"]),
  upsertRaceInsertsBoth: z.boolean(),
  upsertTwoMatchesError: z.boolean(),
  deletedLingerMs: count,
  searchNormalises: z.boolean(),
  coqlMaxRows: z.int().positive(),
  coqlMaxColumns: z.int().positive(),
  coqlCreditSteps: z.array(z.tuple([z.int().positive(), count])).min(1),
  compositeCreditsAdd: z.boolean(),
  heavyFromRecords: z.int().positive(),
  rateCode: z.enum(["TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"]),
  retryAfterOn429: z.boolean(),
  rateLimitHeaders: z.boolean(),
  tokenThrottleStatus: z.union([z.literal(200), z.literal(400)]),
  pkce: z.boolean(),
  deviceTokenPath: z.string().startsWith("/"),
  accountsServerParam: z.string().min(1),
  bulkUploadScope: z.boolean(),
  bulkWriteRunsAutomation: z.boolean(),
  bulkReadPageRows: z.int().positive(),
  recycleBinMs: count,
  restoreMovesModifiedTime: z.boolean(),
  callMovesParentModifiedTime: z.boolean(),
  missingIdAnswer: z.enum(["204", "INVALID_DATA"]),
  convertedLeadLinks: z.boolean(),
};

const defaults: z.input<z.ZodObject<typeof shape>> = {
  ...accountDefaults,
  users: [
    { id: "3652397000000225013", name: "Alice Example", email: "alice@example.com", active: true },
    { id: "3652397000000225014", name: "Bob Sample", email: "bob@example.com", active: true },
  ],
  searchLagMs: 15_000,
  accessTokenTtlMs: 3_600_000,
  plan: "enterprise",
  seats: 10,
  concurrencyLimit: null,
  subConcurrencyLimit: 10,
  otherAppsConcurrent: 0,
  perMinuteLimit: null,
  creditsHeaderFrom: 0.5,
  tokensPerTenMinutes: 10,
  maxActiveAccessTokens: 15,
  tokenThrottleMs: 600_000,
  dataCentre: "eu",
  storageFull: false,
  maxBodyBytes: null,
  blueprintRecords: {},
  unapprovedRecords: {},
  orgTimeZone: "Europe/London",
  callDurationUnit: "hh:mm",
  callSecondsWritable: false,
  uniqueOnCalls: true,
  fieldsOnCalls: true,
  externalFieldsOnCalls: false,
  callsUpsert: false,
  subjectMandatory: true,
  unknownPurposeAdded: true,
  unknownFieldInWrite: "ignored",
  layoutRequiredEnforced: true,
  mixedBatchStatus: 207,
  overBatchCode: "LIMIT_EXCEEDED",
  duplicateIdIn: "duplicate_record",
  upsertRaceInsertsBoth: true,
  upsertTwoMatchesError: true,
  deletedLingerMs: 0,
  searchNormalises: false,
  coqlMaxRows: 2000,
  coqlMaxColumns: 200,
  coqlCreditSteps: [
    [200, 1],
    [1000, 2],
    [2000, 3],
  ],
  compositeCreditsAdd: true,
  heavyFromRecords: 11,
  rateCode: "TOO_MANY_REQUESTS",
  retryAfterOn429: false,
  rateLimitHeaders: false,
  tokenThrottleStatus: 200,
  pkce: true,
  deviceTokenPath: "/oauth/v3/device/token",
  accountsServerParam: "accounts-server",
  bulkUploadScope: true,
  bulkWriteRunsAutomation: true,
  bulkReadPageRows: 200_000,
  recycleBinMs: 5_184_000_000,
  restoreMovesModifiedTime: true,
  callMovesParentModifiedTime: false,
  missingIdAnswer: "204",
  convertedLeadLinks: true,
};

export type ZohoConfig = z.output<z.ZodObject<typeof shape>>;
export type ConfigSource = {
  readonly current: () => ZohoConfig;
  readonly onChange: (listener: (keys: ReadonlySet<string>) => void) => void;
};

export function createZohoConfiguration() {
  return createConfiguration(shape, defaults);
}
