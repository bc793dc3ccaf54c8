import { z } from "zod";
import { accountDefaults, toAccountShape } from "../core/account-configuration.ts";
import { createConfiguration } from "../core/configuration.ts";
import { isTimeZone } from "../core/time-zone.ts";
import { fieldInput } from "./field-definition.ts";
import { objectNames } from "./object-types.ts";

const count = z.int().min(0);
/** Ids are whole numbers here; they are taken as text, too, as the other sandboxes have them. */
const id = z.union([z.string().min(1), z.int()]).transform(String);
const ids = z.partialRecord(z.enum(objectNames), z.array(id));

export const plans = ["lite", "growth", "premium", "ultimate", "professional"] as const;
export type Plan = (typeof plans)[number];

const activityType = z.strictObject({
  id: z.int().positive(),
  key_string: z.string().min(1),
  name: z.string().min(1),
  active_flag: z.boolean(),
});

/** Every key of `POST /pipedrive/config`. Times are ms of the sandbox clock. */
const shape = {
  ...toAccountShape(objectNames, fieldInput),
  users: z.array(z.strictObject({ id, name: z.string(), email: z.string(), active: z.boolean() })),
  hiddenRecords: ids,
  lockedRecords: ids,
  plan: z.enum(plans),
  seats: z.int().positive(),
  tokenKind: z.enum(["api", "oauth"]),
  burstLimit: count.nullable(),
  searchBurstLimit: count,
  serverTimeZone: z.string().refine(isTimeZone, "is no IANA time zone"),
  dailyHeaders: z.boolean(),
  cloudflareAfter: z.int().positive().nullable(),
  cloudflareBlockMs: count,
  activityTypes: z.array(activityType),
  accountSuspended: z.boolean(),
  featureCaps: z.array(z.string().min(1)),
  contactSyncFeature: z.boolean(),
  purgeAfterMs: count,
  maxBodyBytes: z.int().positive(),
  // What the vendor's documents leave open: each setting is one reading of it.
  callLogSecondPost: z.enum(["duplicate", "update", "error"]),
  callLogOrder: z.enum(["newestFirst", "oldestFirst"]),
  recordingUrlField: z.enum(["ignored", "rejected"]),
  createStatus: z.union([z.literal(200), z.literal(201)]),
  activityDefaults: z.boolean(),
  noteSanitiser: z.enum(["keep", "unknownTags", "allTags"]),
  noteMaxLength: count,
  requiredFieldsEnforced: z.boolean(),
  searchTokenisesPunctuation: z.boolean(),
  activityFilter: z.boolean(),
  cursorTtlMs: count.nullable(),
  recentsShowsDeleted: z.boolean(),
  softDeletedGet: z.enum(["object", "404"]),
  deletedParticipant: z.union([z.literal(400), z.literal(404), z.literal("accepted")]),
  mergeSurvivor: z.enum(["merge_with_id", "path_id"]),
  notFoundCode: z.string().min(1),
  dailyRetryAfter: z.boolean(),
  burstText: z.string().min(1),
  tokenErrorKeys: z.enum(["error,message", "error,error_description"]),
  pkce: z.boolean(),
  queryToken: z.boolean(),
  retiredV1: z.union([z.literal(410), z.literal(404)]),
};

/** The account's own kinds of activity. */
const activityTypes = ["call", "meeting", "task", "deadline", "email", "lunch"].map((key, position) => ({
  id: position + 1,
  key_string: key,
  name: `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
  active_flag: true,
}));

const defaults: z.input<z.ZodObject<typeof shape>> = {
  ...accountDefaults,
  searchLagMs: 10_000,
  accessTokenTtlMs: 3_599_000,
  plan: "growth",
  seats: 5,
  tokenKind: "api",
  burstLimit: null,
  searchBurstLimit: 10,
  serverTimeZone: "UTC",
  dailyHeaders: true,
  cloudflareAfter: 30,
  cloudflareBlockMs: 300_000,
  activityTypes,
  accountSuspended: false,
  featureCaps: [],
  contactSyncFeature: true,
  purgeAfterMs: 2_592_000_000,
  maxBodyBytes: 10_000_000,
  callLogSecondPost: "duplicate",
  callLogOrder: "newestFirst",
  recordingUrlField: "ignored",
  createStatus: 200,
  activityDefaults: true,
  noteSanitiser: "unknownTags",
  noteMaxLength: 65_536,
  requiredFieldsEnforced: false,
  searchTokenisesPunctuation: true,
  activityFilter: false,
  cursorTtlMs: null,
  recentsShowsDeleted: true,
  softDeletedGet: "object",
  deletedParticipant: 400,
  mergeSurvivor: "merge_with_id",
  notFoundCode: "ERR_NOT_FOUND",
  dailyRetryAfter: true,
  burstText: "request over limit",
  tokenErrorKeys: "error,message",
  pkce: false,
  queryToken: false,
  retiredV1: 410,
};

export type PipedriveConfig = z.output<z.ZodObject<typeof shape>>;
export type ConfigSource = {
  readonly current: () => PipedriveConfig;
  readonly onChange: (listener: (keys: ReadonlySet<string>) => void) => void;
};

export function createPipedriveConfiguration() {
  return createConfiguration(shape, defaults);
}
