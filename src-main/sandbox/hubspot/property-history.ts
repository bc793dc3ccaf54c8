import type { ConfigSource } from "./configuration.ts";
import { toIsoTime, type HubRecord } from "./hub-record.ts";

/** Who wrote a value: a token (ours or another application's) or a person in HubSpot. */
export type Writer = "own" | "user";

type Change = {
  readonly at: number;
  readonly writer: Writer;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
};

export type PropertyHistory = {
  readonly record: (before: HubRecord | undefined, after: HubRecord, writer: Writer, at: number) => void;
  /** Newest first; an emptied value is an empty string. */
  readonly of: (id: string, property: string) => readonly object[];
  readonly forget: (id: string) => void;
  readonly clear: () => void;
};

const nothing: Readonly<Record<string, string>> = {};

/** Keeps only references to the versions that were written; entries are made when somebody asks. */
export function createPropertyHistory(config: ConfigSource): PropertyHistory {
  const changes = new Map<string, Change[]>();
  return {
    record: (before, after, writer, at) => {
      const change = { at, writer, before: before?.properties ?? nothing, after: after.properties };
      const known = changes.get(after.id);
      if (known === undefined) changes.set(after.id, [change]);
      else known.push(change);
    },
    of: (id, property) => {
      const { historySources, users } = config.current();
      return (changes.get(id) ?? [])
        .filter(({ before, after }) => before[property] !== after[property])
        .map(({ at, writer, after }) => ({
          value: after[property] ?? "",
          timestamp: toIsoTime(at),
          sourceType: historySources[writer],
          sourceId: writer === "own" ? "9876543" : `userId:${toUserId(users[0]?.id)}`,
          ...(writer === "own" ? { sourceLabel: "CallLedger" } : { updatedByUserId: toUserId(users[0]?.id) }),
        }))
        .toReversed();
    },
    forget: (id) => void changes.delete(id),
    clear: () => changes.clear(),
  };
}

/** Owner ids and user ids are different numbers in HubSpot. */
export function toUserId(ownerId: string | undefined): number {
  const digits = (ownerId ?? "").replace(/\D/g, "").slice(-6);
  return 200_000 + Number(digits === "" ? 0 : digits);
}
