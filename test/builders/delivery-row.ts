import type { Integration } from "../../src-shared/domain/integration.ts";
import type { DeliveryRow } from "../../src-main/engine/ports/delivery-store.ts";

const startedAt = Date.UTC(2025, 5, 2, 7, 32, 16);

/** An inbound answered call to be sent for the first time; name what differs. */
export function aDeliveryRow(change: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    id: 1,
    integrationId: 1,
    callRowId: 1,
    tenant: "acme",
    callId: "asterisk-cdr-csv//1748849536.1003/20250602T073216Z",
    call: {
      logId: "1748849536.1003",
      direction: "inbound",
      status: "answered",
      from: "+447700900134",
      to: "+442079460011",
      startedAt,
      startedAtPrecision: "second",
      startedAtAlternatives: [],
      durationSeconds: 429,
      agent: "ext:202",
      legs: 1,
      system: "asterisk-cdr-csv",
    },
    state: "sending",
    lane: 1,
    dueAt: 0,
    waitWhy: null,
    giveUpAt: null,
    nextProbeAt: null,
    wantedRevision: 1,
    sentRevision: null,
    lastAttemptRevision: null,
    attemptedCall: null,
    attempts: 0,
    firstAttemptAt: null,
    lastSentAt: null,
    rescues: 0,
    missingReads: 0,
    reason: null,
    remoteId: null,
    match: {
      number: "+447700900134",
      object: "contacts",
      personId: "501",
      name: "Test Clinic",
      also: [],
      rule: "only_one",
      evidence: "the only record with this number (phone)",
      candidates: [],
      matchedAt: 0,
    },
    stepsDone: [],
    pushed: {},
    settled: {},
    ...change,
  };
}

export function anIntegration(change: Partial<Integration> = {}): Integration {
  return {
    id: 1,
    tenant: "acme",
    crm: "hubspot",
    label: "HubSpot",
    baseUrl: null,
    account: { accountId: "1234567", name: "Acme" },
    state: "active",
    blockedReason: null,
    restUntil: null,
    secret: { kind: "env", name: "HUBSPOT_KEY" },
    unknownCaller: "hold",
    since: null,
    contract: "",
    settings: {},
    createdAt: 0,
    ...change,
  };
}
