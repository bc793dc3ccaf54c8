import type { SandboxClock } from "../core/clock.ts";
import type { AccountUser } from "../core/account-configuration.ts";
import type { Random } from "../core/seeded-random.ts";
import type { ConfigSource } from "./configuration.ts";
import { createFieldRegistry, type FieldRegistry } from "./field-registry.ts";
import { createTags, type Tags } from "./tags.ts";
import type { Actor } from "./zoho-record.ts";
import { createZohoRecords, type ZohoRecords } from "./zoho-records.ts";

/** One CRM org: its settings, fields and records. */
export type Org = {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly config: ConfigSource;
  readonly registry: FieldRegistry;
  readonly records: ZohoRecords;
  readonly tags: Tags;
  /** The user whose token is used: the first of the account's users. */
  readonly tokenUser: () => Actor;
  /** Another user: who edits in the CRM's own pages, and as whom automation runs. */
  readonly otherUser: () => Actor;
  readonly findUser: (id: string) => AccountUser | undefined;
};

/** Stands in where the configuration leaves no user. */
const nobody: Actor = { id: "3652397000000225000", name: "System" };

export function createOrg(clock: SandboxClock, random: Random, config: ConfigSource): Org {
  const registry = createFieldRegistry(config);
  const records = createZohoRecords(clock, config, registry);
  const userAt = (position: number): Actor => {
    const user = config.current().users[position];
    return user === undefined ? nobody : { id: user.id, name: user.name };
  };
  return {
    clock,
    random,
    config,
    registry,
    records,
    tags: createTags(clock, records.nextId),
    tokenUser: () => userAt(0),
    otherUser: () => userAt(config.current().users.length > 1 ? 1 : 0),
    findUser: (id) => config.current().users.find((user) => user.id === id),
  };
}
