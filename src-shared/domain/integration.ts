import { z } from "zod";
import { crmTypes } from "./crm-names.ts";
import { reason } from "./reason.ts";

export const crmType = z.enum(crmTypes);
export type CrmType = z.infer<typeof crmType>;

/** `active`: works. `paused`: a person paused it. `blocked`: the CRM needs a person first (`blockedReason`). */
export const integrationState = z.enum(["active", "paused", "blocked"]);
export type IntegrationState = z.infer<typeof integrationState>;

/** What happens to a call from a number that nobody in the CRM has. */
export const unknownCaller = z.enum(["hold", "log", "contact", "lead"]);
export type UnknownCaller = z.infer<typeof unknownCaller>;

/** What is made of a number that nobody has, where the policy makes anybody. */
export type MadePerson = Extract<UnknownCaller, "contact" | "lead">;
export const toMadePerson = (policy: UnknownCaller): MadePerson | null =>
  policy === "contact" || policy === "lead" ? policy : null;

export const envSecret = z.strictObject({
  kind: z.literal("env"),
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
});
/** Where the credential lives: the OS keychain by integration id, or the name of an environment variable. Never the secret itself. */
export const secretSource = z.discriminatedUnion("kind", [
  /** `givenAt`: when a person gave it (epoch ms), so that what works with it sees that there is another. */
  z.strictObject({ kind: z.literal("keychain"), givenAt: z.int().optional() }),
  envSecret,
]);
export type SecretSource = z.infer<typeof secretSource>;

/** Who we are signed in as: `accountId` is the vendor's (portal, org, company) and must not change under us. */
export const crmAccount = z.strictObject({
  accountId: z.string(),
  name: z.string(),
  timeZone: z.string().optional(),
  plan: z.string().optional(),
  uiUrl: z.string().optional(),
});
export type CrmAccount = Readonly<z.infer<typeof crmAccount>>;

export const integration = z.strictObject({
  id: z.int().positive(),
  tenant: z.string(),
  crm: crmType,
  label: z.string(),
  baseUrl: z.string().nullable(),
  account: crmAccount.nullable(),
  state: integrationState,
  blockedReason: reason.nullable(),
  /** What exactly is missing or refused, in words, where it is known. */
  blockedDetail: z.string().nullable().optional(),
  /** Epoch ms until which nothing is sent because the CRM said so (429, maintenance), or null. */
  restUntil: z.int().nullable(),
  secret: secretSource,
  unknownCaller: unknownCaller,
  /** Calls that started before this (epoch ms) are excluded as `before_start`; null takes all. */
  since: z.int().nullable(),
  /** The ownership contract, YAML text. */
  contract: z.string(),
  /** Vendor-specific settings, such as the name of the key field. */
  settings: z.record(z.string(), z.string()),
  createdAt: z.int(),
});
export type Integration = Readonly<z.infer<typeof integration>>;
