import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { PayloadView } from "../../../src-shared/ipc/ownership-views.ts";
import { ownerOfAgent } from "../matching/agent-owner.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import { judgeWrite } from "../sync/pre-validation.ts";
import { linksOf, operationOf, planUpdate, planWrite, type WritePlan } from "../sync/write-plan.ts";
import type { ApiParts } from "./api-parts.ts";

export type PayloadParts = Pick<ApiParts, "connectorFor" | "peopleStore" | "keyOf" | "schemas">;

/**
 * What would be written of a call, made where every body is made, and held against what the CRM last said of its fields.
 * Nothing is asked: a rewrite is made as if the CRM still holds what we last wrote. `isFirst`: as a first write, whatever
 * was written before.
 */
export function toPayload(
  parts: PayloadParts,
  ask: Readonly<{ integration: Integration; contract: OwnershipContract; row: DeliveryRow; isFirst?: boolean }>,
): Readonly<{ operation: WritePlan["item"]["operation"]; payload: PayloadView }> {
  const { integration, contract } = ask;
  const row = ask.isFirst === true ? { ...ask.row, stepsDone: [] } : ask.row;
  const { crm, id, settings } = integration;
  const object = parts.connectorFor(integration).callObject;
  const ownerId = ownerOfAgent(parts.peopleStore.owners(id), row.call.agent, settings["agents"]);
  const key = parts.keyOf(row.tenant, row.callId, crm);
  const stored = parts.schemas.get(id);
  const schema = stored?.objects.find((each) => each.object === object) ?? null;
  const context = { contract, object, key, ownerId, schema };
  const found = { kind: "found", remoteId: row.remoteId ?? "", fields: row.pushed } as const;
  const {
    item,
    kept,
    fitted = [],
  } = operationOf(row) === "update" ? planUpdate(row, context, found) : planWrite(row, context);
  return {
    operation: item.operation,
    payload: {
      key,
      object,
      fields: Object.entries(item.body ?? {}).map(([field, value]) => ({ field, value })),
      kept: kept.map(({ field, why }) => ({ field, why })),
      fitted: fitted.map((each) => ({ ...each })),
      problems: judgeWrite(item, schema, crm, row.pushed).map((each) => ({ ...each })),
      links: linksOf(row).map((link) => ({ ...link })),
      schemaReadAt: stored?.readAt ?? null,
    },
  };
}
