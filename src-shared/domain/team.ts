import { z } from "zod";
import { envSecret } from "./integration.ts";

/** Where the password of the team's Redis lives: the OS keychain, an environment variable's name, or nowhere. */
export const teamSecret = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("keychain") }),
  envSecret,
  z.strictObject({ kind: z.literal("none") }),
]);
export type TeamSecret = Readonly<z.infer<typeof teamSecret>>;

/** Share of a limit that a PC uses alone, percent: with two PCs in the team a half each. */
export const defaultTeamShare = 50;

/** Several PCs that share the limits of their CRM accounts through one Redis. Never the password itself. */
export const teamSettings = z.strictObject({
  /** `redis:` or `rediss:` (TLS), with the user and the database's number where there are any, without a password. */
  url: z.string().max(500),
  secret: teamSecret,
  /** While Redis cannot be reached this PC uses so much of a limit, percent. The shares of all PCs together are at most 100. */
  share: z.int().min(1).max(100),
});
export type TeamSettings = Readonly<z.infer<typeof teamSettings>>;

/** How this PC stands to its team. `since`: epoch ms. `problem`: why Redis cannot be used, in words. */
export const teamState = z.discriminatedUnion("state", [
  /** `pcs` that share now, and what their shares come to, percent: more than 100 is too much when Redis is gone. */
  z.strictObject({ state: z.literal("shared"), since: z.int(), pcs: z.int().positive(), shares: z.int().positive() }),
  z.strictObject({ state: z.literal("alone"), since: z.int(), problem: z.string() }),
]);
export type TeamState = Readonly<z.infer<typeof teamState>>;

const address =
  /^rediss?:\/\/(?:[^\s:@/?#]+(?<password>:[^\s@/]*)?@|(?<only>:[^\s@/]*)@)?(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?(?:\/\d{0,4})?$/;

/** What is wrong with the address of a Redis, in words; null: nothing. No part of it is repeated: it may hold a password. */
export function findTeamAddressProblem(url: string): string | null {
  if (!/^rediss?:\/\//.test(url)) return "The address of the Redis begins with redis:// or, for TLS, with rediss://.";
  const found = address.exec(url);
  if (found === null)
    return "The address of the Redis cannot be read. It looks like redis://host:6379, rediss://user@host:6380 or redis://host/1.";
  const { password, only } = found.groups ?? {};
  return password === undefined && only === undefined
    ? null
    : "Leave the password out of the address of the Redis: give it in CALLLEDGER_REDIS_PASSWORD or on standard input, or name a variable with --secret-from-env.";
}
