import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { type CallFault, type CallInput, ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { ContractView, PayloadPreview } from "../../../src-shared/ipc/ownership-views.ts";
import { fault } from "../host/engine.ts";
import { changeModes } from "../ownership/contract-edit.ts";
import { findForbiddenChanges } from "../ownership/contract-guard.ts";
import { describeProblems, parseContract } from "../ownership/contract-file.ts";
import { toContractLines, toContractPage } from "../ownership/contract-sheet.ts";
import type { ApiParts } from "./api-parts.ts";
import { unsupported } from "./crm-words.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";
import { toPayload, toPayloadPlace } from "./payload.ts";

type Parts = Pick<
  ApiParts,
  | "integrations"
  | "crms"
  | "clock"
  | "sync"
  | "audit"
  | "actor"
  | "reports"
  | "connectorFor"
  | "peopleStore"
  | "keyOf"
  | "schemas"
>;

/** The field contract of an integration: shown, edited, signed off, and tried out on a real call. */
export function createOwnershipHandlers(
  parts: Parts,
): SubjectHandlers<"ownership:show" | "ownership:set" | "ownership:change" | "ownership:preview"> {
  const { integrations } = parts;
  return {
    "ownership:show": serve(ipcCalls["ownership:show"], async ({ id }) => {
      const found = findIntegration(integrations, id);
      return found.ok ? toView(parts, found.value) : found;
    }),
    "ownership:set": serveOnce(ipcCalls["ownership:set"], ({ id, yaml }) => {
      const found = findIntegration(integrations, id);
      if (!found.ok) return found;
      const contract = checkContract(parts, found.value, yaml);
      return contract.ok ? atOnce(() => setContract(parts, found.value, contract.value)) : contract;
    }),
    "ownership:change": serveOnce(ipcCalls["ownership:change"], ({ id, changes }) => {
      const found = findIntegration(integrations, id);
      if (!found.ok) return found;
      const { crm, settings, contract: text } = found.value;
      const standard = parts.crms[crm]?.readDefaultContract(settings);
      if (standard === undefined) return unsupported(parts, crm);
      const edited = changeModes(text, standard, changes);
      if (!edited.ok) return fault("bad_input", edited.fault);
      const contract = checkContract(parts, found.value, edited.value);
      return contract.ok ? atOnce(() => setContract(parts, found.value, contract.value)) : contract;
    }),
    "ownership:preview": serve(ipcCalls["ownership:preview"], async (ask) => {
      const found = findIntegration(integrations, ask.id);
      return found.ok ? preview(parts, found.value, ask) : found;
    }),
  };
}

function toView(parts: Parts, integration: Integration): Outcome<ContractView, CallFault> {
  const parsed = parseContract(integration.contract);
  if (!parsed.ok) return fault("failed", `The contract cannot be read:\n${describeProblems(parsed.fault.problems)}`);
  const { id, crm, label, account } = integration;
  const day = new Date(parts.clock.now()).toISOString().slice(0, 10);
  const about = { crm: crmNames[crm], label, account: account?.name ?? "unknown", day };
  return {
    ok: true,
    value: {
      integrationId: id,
      label,
      isDefault: parts.crms[crm]?.readDefaultContract(integration.settings) === integration.contract,
      yaml: integration.contract,
      markdown: toContractPage(parsed.value, about),
      fields: [...toContractLines(parsed.value)],
    },
  };
}

/** The text as it will be stored; null stands for the CRM's default. */
function checkContract(
  { crms }: Parts,
  { crm, settings }: Integration,
  yaml: string | null,
): Outcome<string, CallFault> {
  const standardText = crms[crm]?.readDefaultContract(settings);
  if (standardText === undefined) return unsupported({ crms }, crm);
  if (yaml === null) return { ok: true, value: standardText };
  const [standard, edited] = [parseContract(standardText), parseContract(yaml)];
  if (!edited.ok) return fault("bad_input", `The contract has problems:\n${describeProblems(edited.fault.problems)}`);
  if (!standard.ok) throw new Error(`The default contract of ${crm} cannot be read.`);
  const forbidden = findForbiddenChanges(standard.value, edited.value);
  return forbidden.length === 0 ? { ok: true, value: yaml } : fault("bad_input", forbidden.join("\n"));
}

/** What changed is in the audit, so that it can be told later who gave or took which field. */
function setContract(parts: Parts, integration: Integration, contract: string): Outcome<ContractView, CallFault> {
  const at = parts.clock.now();
  const changed = parts.integrations.update(integration.id, { contract }, at);
  parts.schemas.rebase(integration.id);
  parts.audit.append([
    {
      at,
      tenant: integration.tenant,
      callId: null,
      deliveryId: null,
      integrationId: integration.id,
      operation: "ownership.set",
      outcome: "info",
      summary: `The field contract of ${integration.label} was changed by ${parts.actor}.`,
      payload: { pushed: { before: integration.contract, after: contract } },
    },
  ]);
  parts.sync.wake();
  return toView(parts, changed);
}

/** The body of a first write, made where every body is made, for a call that has a delivery to this account. */
function preview(
  parts: Parts,
  integration: Integration,
  { call, tenant }: CallInput<"ownership:preview">,
): Outcome<PayloadPreview, CallFault> {
  const known = parts.reports.findCalls(call, 20).filter((each) => each.tenant === (tenant ?? integration.tenant));
  const [found] = known;
  if (found === undefined)
    return fault("bad_input", `There is no call ${call} of tenant ${tenant ?? integration.tenant}.`);
  if (known.length > 1)
    return fault("bad_input", `Several calls fit: ${known.map(({ callId }) => callId).join(", ")}.`);
  const brief = parts.reports.deliveriesOfCall(found.rowId).find(({ row }) => row.integrationId === integration.id);
  if (brief === undefined)
    return fault(
      "bad_input",
      `The call ${found.callId} is not for ${integration.label}: "why ${found.callId}" says why.`,
    );
  const parsed = parseContract(integration.contract);
  if (!parsed.ok) return fault("failed", `The contract cannot be read:\n${describeProblems(parsed.fault.problems)}`);
  const place = toPayloadPlace(parts, integration, parsed.value);
  const { payload } = toPayload(parts, place, { row: brief.row, isFirst: true });
  return { ok: true, value: { callId: brief.row.callId, ...payload } };
}
