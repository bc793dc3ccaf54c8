import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { FieldMetadata, Fields } from "./field-metadata.ts";
import { callModule } from "./wire.ts";

/**
 * Whether the org really keeps our key: some versions of Zoho pass over a field that they do not know, or that the user
 * may not write, and say nothing. So the first calls after each reading of the fields are read back.
 */
export type KeyProof = Readonly<{
  isProven(): boolean;
  /** The key of a call that was just written was there, or was not. */
  settle(isKept: boolean): void;
  /** Why nothing more may be written, or null. */
  fault(): ConnectorFault | null;
  /** One at a time: the first insert teaches us what the others need. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}>;

export function createKeyProof(metadata: FieldMetadata, keyField: string): KeyProof {
  let proven: Fields | undefined;
  /** The key field's description with which the key was not kept: it must change before anything is written again. */
  let broken: string | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const current = (): Fields | undefined => metadata.known(callModule);
  const description = (): string => JSON.stringify(current()?.get(keyField) ?? null);
  return {
    isProven: () => proven !== undefined && proven === current(),
    settle: (isKept) => {
      if (isKept) proven = current();
      else broken = description();
    },
    fault: () =>
      broken === undefined || broken !== description()
        ? null
        : {
            kind: "blocked",
            reason: "setup_missing",
            answer: toAnswer({
              code: "KEY_NOT_KEPT",
              message: `Zoho took a call but not our key in the field ${keyField}. Check the field, and whether the user may edit it.`,
            }),
          },
    alone: (work) => {
      const next = last.then(work, work);
      last = next.catch(() => undefined);
      return next;
    },
  };
}
