import { z } from "zod";
import { fieldCondition } from "./field-condition.ts";

/** A user of the account; one that is not active cannot own records. */
export const accountUser = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  email: z.string(),
  active: z.boolean(),
});
export type AccountUser = z.infer<typeof accountUser>;

const permission = z.enum(["create", "read", "edit", "delete"]);
export type ObjectPermission = z.infer<typeof permission>;
const count = z.int().min(0);
const names = z.array(z.string().min(1));

/**
 * The configuration keys that every sandbox has, with the same names and meanings. `fieldDefinition` is the vendor's own
 * shape of a field. Spread it into the vendor's shape; times are in ms of the sandbox clock.
 */
export function toAccountShape<const O extends readonly [string, ...string[]], F extends z.ZodType>(
  objects: O,
  fieldDefinition: F,
) {
  const object = z.enum(objects);
  const per = <V extends z.ZodType>(value: V) => z.partialRecord(object, value);
  return {
    dailyLimit: count.nullable(),
    otherAppsDailyUsed: count,
    otherAppsPerMinute: z.number().min(0),
    searchLagMs: count,
    readLagMs: count,
    latencyMs: count,
    latencyJitterMs: count,
    plainTokenTtlMs: count.nullable(),
    accessTokenTtlMs: count,
    plainTokenRevoked: z.boolean(),
    refreshTokenRevoked: z.boolean(),
    scopes: names.nullable(),
    objectPermissions: per(z.array(permission)),
    fieldPermissions: per(z.record(z.string(), z.enum(["none", "read", "edit"]))),
    hiddenRecords: per(names),
    users: z.array(accountUser),
    customFields: per(z.array(fieldDefinition)),
    removedFields: per(names),
    requiredFields: per(names),
    fieldMaxLength: per(z.record(z.string(), count)),
    picklistValues: per(z.record(z.string(), z.array(z.string()))),
    validationRules: z.array(
      z.strictObject({
        object,
        on: z.array(z.enum(["create", "update"])).min(1),
        when: fieldCondition,
        message: z.string(),
        field: z.string().optional(),
      }),
    ),
    automationEdits: z.array(
      z.strictObject({
        object,
        on: z.enum(["create", "update"]),
        set: z.record(z.string(), z.unknown()),
        afterMs: count,
      }),
    ),
    lockedRecords: per(names),
  };
}

/** Defaults of the keys above. Lag, token life and plan differ by vendor and are given there. */
export const accountDefaults = {
  dailyLimit: null,
  otherAppsDailyUsed: 0,
  otherAppsPerMinute: 0,
  readLagMs: 0,
  latencyMs: 0,
  latencyJitterMs: 0,
  plainTokenTtlMs: null,
  plainTokenRevoked: false,
  refreshTokenRevoked: false,
  scopes: null,
  objectPermissions: {},
  fieldPermissions: {},
  hiddenRecords: {},
  users: [
    { id: "77", name: "Alice Example", email: "alice@example.com", active: true },
    { id: "78", name: "Bob Sample", email: "bob@example.com", active: true },
  ] satisfies AccountUser[],
  customFields: {},
  removedFields: {},
  requiredFields: {},
  fieldMaxLength: {},
  picklistValues: {},
  validationRules: [],
  automationEdits: [],
  lockedRecords: {},
};
