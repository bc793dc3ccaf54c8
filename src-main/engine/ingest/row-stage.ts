import { skip, type LegRow, type OpenLog, type SkippedOutcome } from "./formats/log-format.ts";
import { createRowTable, toRowNumber } from "./fold/row-table.ts";
import { toHashKey } from "./identity.ts";
import type { LogRecord } from "./records/log-record.ts";

/** A leg with the key that its call is known by, the log's own or one of named fields. */
export type KeyedLeg = LegRow & Readonly<{ key: string }>;

const hasKey = (row: LegRow): row is KeyedLeg => row.key !== null;

/** Two calls of one minute may differ in nothing that they are known by: they are numbered although their rows are not the same. */
const isByMinute = ({ data }: LegRow["leg"]): boolean => data["p"] === 1 || data["p"] === "m";

export type RowStage = Readonly<{
  read(record: LogRecord): KeyedLeg | SkippedOutcome | null;
  /** True once a row without key came: its occurrence number needs the file from its start. */
  hasKeyless(): boolean;
}>;

/**
 * Rows of one file on their way to calls: a cut last row is told from a bad one, and rows without key get the key of
 * their named fields, numbered where the very same row comes again inside the file.
 */
export function createRowStage(open: OpenLog, system: string): RowStage {
  const occurrences = createRowTable();
  let keyless = false;
  let last: string | null = null;
  return {
    hasKeyless: () => keyless,
    read: (record) => {
      const outcome = open.read(record);
      if (outcome === null) return null;
      if (outcome.kind === "skip") {
        const isCut = !record.terminated && (outcome.reason === "malformed" || outcome.reason === "invalid_date");
        return isCut ? { ...outcome, reason: "truncated_tail" } : outcome;
      }
      if (hasKey(outcome)) return outcome;
      keyless = true;
      if (outcome.continues === true) {
        // Its call began before the place where reading began, or its first row was no row.
        if (last === null) return skip("orphan_leg", "the row goes on with a call whose first row is not here");
        return { ...outcome, key: last };
      }
      const { node, identity, leg } = outcome;
      const occurrence = occurrences.increment(
        toRowNumber(isByMinute(leg) ? `${leg.startedAt} ${identity}` : leg.hash),
      );
      last = toHashKey({ system, node, startedAt: leg.startedAt, identity, occurrence });
      return { ...outcome, key: last };
    },
  };
}
