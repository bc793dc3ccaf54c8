import type { OrgRecord } from "./org-record.ts";
import type { OrgRecords } from "./org-records.ts";

/** The writes of one request, which can be undone as a whole or from a mark on. */
export type Transaction = {
  readonly put: (record: OrgRecord) => void;
  /** Work that follows when the request is through (automation). */
  readonly afterCommit: (work: () => void) => void;
  readonly mark: () => number;
  readonly rollBack: (to?: number) => void;
  readonly commit: () => void;
};

type Step =
  | { readonly kind: "put"; readonly record: OrgRecord; readonly before: OrgRecord | undefined }
  | { readonly kind: "follow-up"; readonly work: () => void };

export function createTransaction(records: OrgRecords): Transaction {
  let steps: Step[] = [];
  return {
    put: (record) => {
      steps.push({ kind: "put", record, before: records.current(record.object).get(record.id) });
      records.put(record);
    },
    afterCommit: (work) => void steps.push({ kind: "follow-up", work }),
    mark: () => steps.length,
    rollBack: (to = 0) => {
      for (const step of steps.slice(to).toReversed()) {
        if (step.kind !== "put") continue;
        if (step.before === undefined) records.remove(step.record.object, step.record.id);
        else records.put(step.before);
      }
      steps = steps.slice(0, to);
    },
    commit: () => {
      const followUps = steps.flatMap((step) => (step.kind === "follow-up" ? [step.work] : []));
      steps = [];
      for (const work of followUps) work();
    },
  };
}
