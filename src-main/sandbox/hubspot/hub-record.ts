import type { ObjectName } from "./object-types.ts";

/** One version of a record; a change makes another. Empty properties are absent. */
export type HubRecord = {
  readonly id: string;
  readonly object: ObjectName;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | undefined;
  /** Ids that were merged into this record. */
  readonly mergedIds: readonly string[];
};

/** ISO 8601 as HubSpot writes it: without a fraction when there is none. */
export function toIsoTime(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
