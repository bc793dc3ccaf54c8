import type { Database } from "better-sqlite3";
import type { z } from "zod";
import { fromJson } from "./json-column.ts";
import type { Transact } from "./transaction.ts";

/** Settings of the agent itself, by name: never a secret. */
export type AgentSettings = Readonly<{
  get<T>(name: string, schema: z.ZodType<T>): T | undefined;
  set(name: string, value: unknown): void;
  drop(name: string): void;
}>;

export function createAgentSettings(db: Database, transact: Transact): AgentSettings {
  const get = db.prepare<[string], string>("SELECT value FROM agent_setting WHERE name = ?").pluck();
  const set = db.prepare<[string, string]>("INSERT OR REPLACE INTO agent_setting VALUES (?, ?)");
  const drop = db.prepare<[string]>("DELETE FROM agent_setting WHERE name = ?");
  return {
    get(name, schema) {
      const text = get.get(name);
      return text === undefined ? undefined : fromJson(schema, text);
    },
    set: (name, value) => transact.run(() => void set.run(name, JSON.stringify(value))),
    drop: (name) => transact.run(() => void drop.run(name)),
  };
}
