import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { PayloadView } from "../../../src-shared/ipc/ownership-views.ts";
import { ownerOfAgent } from "../matching/agent-owner.ts";
import type { Connector, MirrorOwner } from "../ports/connector.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import { judgeWrite } from "../sync/pre-validation.ts";
import { linksOf, operationOf, planUpdate, planWrite, type WritePlan } from "../sync/write-plan.ts";
import type { ApiParts } from "./api-parts.ts";

export type PayloadParts = Pick<ApiParts, "connectorFor" | "peopleStore" | "keyOf" | "schemas">;

/** What holds for every call of an integration: its contract, the object that calls are, the CRM's description of it. */
export type PayloadPlace = Readonly<{
  integration: Integration;
  connector: Connector;
  contract: OwnershipContract;
  object: string;
  owners: readonly MirrorOwner[];
  schema: ObjectSchema | null;
  /** Every object that the CRM described. */
  described: readonly ObjectSchema[];
  schemaReadAt: number | null;
}>;

/** Reads that once; many calls may follow. */
export function toPayloadPlace(
  parts: PayloadParts,
  integration: Integration,
  contract: OwnershipContract,
): PayloadPlace {
  const connector = parts.connectorFor(integration);
  const object = connector.callObject;
  const stored = parts.schemas.get(integration.id);
  const described = stored?.objects ?? [];
  const schema = described.find((each) => each.object === object) ?? null;
  const owners = parts.peopleStore.owners(integration.id);
  return { integration, connector, contract, object, owners, schema, described, schemaReadAt: stored?.readAt ?? null };
}

/**
 * What would be written of a call, made where every body is made, and held against what the CRM last said of its fields.
 * Nothing is asked: a rewrite is made as if the CRM still holds what we last wrote. `isFirst`: as a first write, whatever
 * was written before.
 */
export function toPayload(
  { keyOf }: Pick<PayloadParts, "keyOf">,
  { integration, contract, object, owners, schema, schemaReadAt }: PayloadPlace,
  ask: Readonly<{ row: DeliveryRow; isFirst?: boolean }>,
): Readonly<{ operation: WritePlan["item"]["operation"]; payload: PayloadView }> {
  const row = ask.isFirst === true ? { ...ask.row, stepsDone: [] } : ask.row;
  const { crm, settings } = integration;
  const ownerId = ownerOfAgent(owners, row.call.agent, settings["agents"]);
  const key = keyOf(row.tenant, row.callId, crm);
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
      schemaReadAt,
    },
  };
}
