import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { type OwnershipContract, ruleOf } from "../../../src-shared/domain/ownership.ts";
import { type CallFault, ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { Exchange, WrittenField, WrittenView } from "../../../src-shared/ipc/written-views.ts";
import { fault } from "../host/engine.ts";
import { describeProblems, parseContract } from "../ownership/contract-file.ts";
import type { AuditEntry } from "../ports/audit-log.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { toPayload, toPayloadPlace } from "./payload.ts";

type Parts = Pick<
  ApiParts,
  "deliveries" | "integrations" | "audit" | "connectorFor" | "peopleStore" | "keyOf" | "schemas"
>;

/** Exchanges that are told; `audit search` finds every one. */
const mostExchanges = 20;

/** What a CRM got of a call, or would get: field by field, and as it was sent. */
export function createWrittenHandlers(parts: Parts): SubjectHandlers<"reports:written"> {
  return {
    "reports:written": serve(ipcCalls["reports:written"], async ({ deliveryId }) => {
      const row = parts.deliveries.get(deliveryId);
      const integration = row === undefined ? undefined : parts.integrations.recall(row.integrationId);
      if (row === undefined || integration === undefined)
        return fault("bad_input", `There is no delivery ${deliveryId}.`);
      return tell(parts, row, integration);
    }),
  };
}

function tell(parts: Parts, row: DeliveryRow, integration: Integration): Outcome<WrittenView, CallFault> {
  const parsed = parseContract(integration.contract);
  if (!parsed.ok) return fault("failed", `The contract cannot be read:\n${describeProblems(parsed.fault.problems)}`);
  const place = toPayloadPlace(parts, integration, parsed.value);
  const { payload } = toPayload(parts, place, { row });
  const rules = Object.values(parsed.value.objects[place.object]?.fields ?? {});
  const entries = parts.audit.ofCall(row.callRowId).filter((entry) => entry.deliveryId === row.id);
  return {
    ok: true,
    value: {
      deliveryId: row.id,
      object: place.object,
      fields: toFields(parsed.value, place.object, row.pushed, payload.fields),
      contract: { fields: rules.length, ours: rules.filter(({ own }) => own !== "crm").length },
      exchanges: entries
        .filter((entry) => entry.payload !== null)
        .toSorted((a, b) => b.id - a.id)
        .slice(0, mostExchanges)
        .map(toExchange),
      entries: entries.length,
    },
  };
}

/** In the contract's order; what it no longer names comes last. */
function toFields(
  contract: OwnershipContract,
  object: string,
  pushed: Readonly<Record<string, string>>,
  next: readonly Readonly<{ field: string; value: string }>[],
): WrittenField[] {
  const planned = new Map(next.map(({ field, value }) => [field, value]));
  const order = Object.keys(contract.objects[object]?.fields ?? {});
  const known = new Set([...order, ...Object.keys(pushed)]);
  return [...known].flatMap((field) => {
    const [was, will] = [Object.hasOwn(pushed, field) ? pushed[field] : undefined, planned.get(field)];
    if (was === undefined && will === undefined) return [];
    const own = ruleOf(contract, object, field)?.own ?? null;
    return [{ field, own, pushed: was ?? null, planned: will ?? null }];
  });
}

const storedPayload = z.object({
  pushed: z.unknown(),
  answered: z.unknown(),
  truncated: z.boolean().optional(),
});

/** As text of JSON. What was cut is kept as the text it was; what was erased is told as it stands. */
function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function toExchange({ at, operation, summary, status, code, payload }: AuditEntry): Exchange {
  const base = { at, operation, summary, status: status ?? null, code: code ?? null };
  const stored = storedPayload.safeParse(readJson(payload ?? ""));
  if (!stored.success) return { ...base, pushed: payload, answered: null, isCut: false };
  const { pushed, answered, truncated = false } = stored.data;
  return { ...base, pushed: toText(pushed), answered: toText(answered), isCut: truncated };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
