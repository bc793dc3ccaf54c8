import type { Connector, Link, WriteItem, WriteOutcome } from "../../src-main/engine/ports/connector.ts";
import { filterBody, type OwnershipContract } from "../../src-shared/domain/ownership.ts";
import { salesforceKeyField } from "./salesforce-subject.ts";
import type { UnpacedSession } from "./unpaced-session.ts";

export const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;

/** A call as the sync hands it over, through the ownership filter. */
export function toItem(
  contract: OwnershipContract,
  call: number,
  more: Record<string, string> = {},
  links: readonly Link[] = [],
): WriteItem {
  const wanted = {
    [salesforceKeyField]: keyOf(call),
    Subject: "Inbound call, answered",
    TaskSubtype: "Call",
    Status: "Completed",
    ActivityDate: "2026-11-20",
    CallType: "Inbound",
    CallDurationInSeconds: "183",
    ...more,
  };
  const { body } = filterBody({ contract, object: "Task", operation: "create", wanted });
  return { key: keyOf(call), operation: "create", body, remoteId: null, links };
}

/** Outcomes in the order of the items. */
export async function writeItems(
  connector: Connector,
  session: UnpacedSession,
  items: readonly WriteItem[],
): Promise<readonly (WriteOutcome | undefined)[]> {
  const outcomes = await connector.write(session, items);
  return items.map(({ key }) => outcomes.get(key));
}
