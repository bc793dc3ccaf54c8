import type { SandboxClock } from "../core/clock.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";
import { createOrgRecords, isSameId, type OrgRecords } from "./org-records.ts";
import { toLongId } from "./record-id.ts";
import { createSchema, type Schema } from "./schema.ts";

export const orgId = toLongId("00D5g000000AbCD");

export type OrgUser = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly active: boolean;
};

/** Whom every token signs in. */
export const apiUser: OrgUser = {
  id: toLongId("0055g00000CLApi"),
  name: "Integration Sandbox",
  email: "integration@example.com",
  username: "integration@example.com.sandbox",
  active: true,
};

/** Automation of the org writes as this user. */
export const automationUserId = toLongId("0055g00000Autom");

/** One Salesforce org: its users, schema and records. */
export type Org = {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly config: ConfigSource;
  readonly schema: Schema;
  readonly records: OrgRecords;
  readonly users: () => readonly OrgUser[];
  readonly findUser: (id: string) => OrgUser | undefined;
  /** A colleague, as whom outside edits are made. */
  readonly colleagueId: () => string;
  /** Runs `work` after `delayMs`; forgotten at a reset. */
  readonly later: (delayMs: number, work: () => void) => void;
  readonly clear: () => void;
};

export function createOrg(clock: SandboxClock, random: Random, config: ConfigSource): Org {
  const schema = createSchema(clock, config);
  const records = createOrgRecords(clock, config, schema);
  const pending = new Set<() => void>();
  const users = (): readonly OrgUser[] => [
    apiUser,
    ...config.current().users.map((user) => ({ ...user, username: user.email })),
  ];
  return {
    clock,
    random,
    config,
    schema,
    records,
    users,
    findUser: (id) => users().find((user) => user.id === id || isSameId(user.id, id)),
    colleagueId: () => config.current().users[0]?.id ?? automationUserId,
    later: (delayMs, work) => {
      if (delayMs === 0) return work();
      const cancel = clock.after(delayMs, () => {
        pending.delete(cancel);
        work();
      });
      pending.add(cancel);
    },
    clear: () => {
      for (const cancel of pending) cancel();
      pending.clear();
      records.clear();
    },
  };
}
