import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";

/** The integration of this id, or a refusal that names those there are. */
export function findIntegration(integrations: IntegrationStore, id: number): Outcome<Integration, CallFault> {
  const found = integrations.get(id);
  if (found !== undefined) return { ok: true, value: found };
  const known = integrations.list().map((each) => `${each.id} (${each.label})`);
  return fault(
    "bad_input",
    `There is no integration ${id}. ${known.length === 0 ? "None is connected yet: see connect --help." : `Connected: ${known.join(", ")}.`}`,
  );
}
