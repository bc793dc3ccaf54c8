import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import type { ContractView, PayloadPreview } from "../../../src-shared/ipc/ownership-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";

/** What the newest call that is for this account would make of the contract. `value` null: there is none, or not yet. */
export type Example = Readonly<{ value: PayloadPreview | null; fault: CallFault | null; hasCall: boolean | null }>;

/** Calls among which one for this account is looked for. */
const looked = 50;

export function useExample(integrationId: number, contract: ContractView): Example {
  const calls = useAnswer("calls:list", { text: "", outcome: null, before: null, limit: looked });
  const found = calls.value?.calls.find(({ deliveries }) =>
    deliveries.some((delivery) => delivery.integrationId === integrationId),
  );
  const preview = useAnswer(
    "ownership:preview",
    found === undefined ? null : { id: integrationId, call: found.callId, tenant: found.tenant },
    contract.yaml,
  );
  return {
    value: preview.value,
    fault: calls.fault ?? preview.fault,
    hasCall: calls.value === null ? null : found !== undefined,
  };
}

/** What would stand in a field, or why nothing is written; null where the example says nothing of it. */
export function valueIn({ value }: Example, field: string): string | null {
  return value?.fields.find((each) => each.field === field)?.value ?? null;
}
