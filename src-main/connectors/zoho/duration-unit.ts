import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { query, textOf, type Row } from "./coql.ts";
import { assumedUnit, unitOfMost, type DurationUnit } from "./duration.ts";
import { callModule } from "./wire.ts";

const columns = ["Call_Duration", "Call_Duration_in_seconds"] as const;
const sample = 50;

/** The org's unit of `Call_Duration`, learnt from calls that are there: no record is ever made to find out. */
export type DurationUnits = Readonly<{
  /** Reads it from existing calls, once; `isKnown` false where the org has none yet. */
  learn(session: CrmSession): Promise<Outcome<Readonly<{ unit: DurationUnit; isKnown: boolean }>, ConnectorFault>>;
  /** What records that were just read say; whether it differs from what was taken for granted. */
  correct(rows: readonly Row[]): boolean;
  current(): DurationUnit;
  isKnown(): boolean;
}>;

export function createDurationUnits(client: Client): DurationUnits {
  let known: DurationUnit | undefined;
  return {
    current: () => known ?? assumedUnit,
    isKnown: () => known !== undefined,
    correct: (rows) => {
      const told = unitOfMost(toSamples(rows));
      if (told === undefined) return false;
      const isOther = told !== (known ?? assumedUnit);
      known = told;
      return isOther;
    },
    learn: async (session) => {
      if (known === undefined) {
        const found = await query(client, session, {
          module: callModule,
          columns,
          where: "Call_Duration_in_seconds > 0",
          order: "Created_Time desc",
          limit: sample,
          subject: "other",
          aboutAccount: true,
        });
        if (found.ok) known = unitOfMost(toSamples(found.value.rows));
        // An org without the computed seconds tells nothing: Zoho's own form is taken for granted.
        else if (found.fault.error?.field !== columns[1]) return { ok: false, fault: found.fault.fault };
      }
      return { ok: true, value: { unit: known ?? assumedUnit, isKnown: known !== undefined } };
    },
  };
}

function toSamples(rows: readonly Row[]): readonly Readonly<{ text: string; seconds: number }>[] {
  return rows.flatMap((each) => {
    const text = textOf(each, columns[0]);
    const seconds = Number(textOf(each, columns[1]) ?? "0");
    return text === null ? [] : [{ text, seconds }];
  });
}
