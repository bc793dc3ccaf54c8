import { beforeEach, expect, test } from "vitest";
import type { ConnectorFault, Outcome } from "../../../../src-shared/domain/fault.ts";
import { type ObjectSchema, toSchemaField } from "../../../../src-shared/domain/crm-schema.ts";
import type { Connector } from "../../../../src-main/engine/ports/connector.ts";
import type { StoredSchema } from "../../../../src-main/engine/ports/schema-store.ts";
import type { IntegrationHealth } from "../../../../src-main/engine/sync/integration-health.ts";
import { createSchemaKeeper } from "../../../../src-main/engine/sync/schema-keeper.ts";

const hour = 3_600_000;
const schema = (label: string): readonly ObjectSchema[] => [
  { object: "calls", mayCreate: true, mayUpdate: true, fields: [toSchemaField({ name: "title", label })], rules: [] },
];

let now: number;
let lanes: number[];
let reacted: ConnectorFault[];
let stored: StoredSchema | undefined;
let answer: Outcome<readonly ObjectSchema[], ConnectorFault>;
beforeEach(() => {
  now = 100 * hour;
  lanes = [];
  reacted = [];
  stored = undefined;
  answer = { ok: true, value: schema("first") };
});

function keeper() {
  return createSchemaKeeper(
    {
      integrationId: 1,
      clock: { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() },
      schemas: {
        get: () => stored,
        put: (_id, next) => {
          stored = next;
        },
        baseline: () => undefined,
        rebase: () => undefined,
      },
      contract: { version: 1, crm: "hubspot", objects: {} },
      connector: { callObject: "calls", schema: () => Promise.resolve(answer) } as unknown as Connector,
      openSession: (lane) => {
        lanes.push(lane);
        return { send: () => Promise.reject(new Error("nothing is sent here")) };
      },
    },
    { react: (fault: ConnectorFault) => reacted.push(fault) } as unknown as IntegrationHealth,
  );
}
const labelOf = (subject: ReturnType<typeof keeper>): string | undefined => subject.calls()?.fields[0]?.label;

test("a run reads it before anything is sent, in the lane of what waits, and keeps it", async () => {
  const subject = keeper();
  expect([subject.isAwaited(), subject.calls()]).toEqual([true, null]);
  await subject.next()?.();
  expect([subject.isAwaited(), labelOf(subject), lanes]).toEqual([false, "first", [1]]);
  expect(stored).toEqual({ objects: schema("first"), readAt: now });
  expect(subject.next()).toBeNull();
});

test("what an earlier run read is known at once, and read anew all the same", async () => {
  stored = { objects: schema("earlier"), readAt: now - 1_000 };
  const subject = keeper();
  expect([labelOf(subject), subject.isAwaited()]).toEqual(["earlier", true]);
  await subject.next()?.();
  expect(labelOf(subject)).toBe("first");
});

test("it is read again every hour, in the last lane, and after a clock was set back", async () => {
  const subject = keeper();
  await subject.next()?.();
  now += hour - 1;
  expect(subject.next()).toBeNull();
  now += 1;
  await subject.next()?.();
  expect(lanes).toEqual([1, 3]);
  now += 10 * 60_000;
  expect(subject.next()).toBeNull();
});

test("refusals that it did not tell of have it read again, once for many and not sooner than a minute after the last time", async () => {
  const subject = keeper();
  await subject.next()?.();
  answer = { ok: true, value: schema("second") };
  for (let refusal = 0; refusal < 100; refusal += 1) subject.doubt();
  now += 59_999;
  expect(subject.next()).toBeNull();
  now += 1;
  await subject.next()?.();
  expect(labelOf(subject)).toBe("second");
  now += 120_000;
  expect(subject.next()).toBeNull();
});

test("where the CRM does not tell, work goes on with what is known, and it is tried again after five minutes", async () => {
  stored = { objects: schema("earlier"), readAt: now - 1_000 };
  answer = { ok: false, fault: { kind: "blocked", reason: "permission_denied", answer: {} } };
  const subject = keeper();
  await subject.next()?.();
  expect([subject.isAwaited(), labelOf(subject), reacted]).toEqual([false, "earlier", []]);
  now += 5 * 60_000 - 1;
  expect(subject.next()).toBeNull();
  now += 1;
  answer = { ok: true, value: schema("second") };
  subject.doubt();
  await subject.next()?.();
  expect(labelOf(subject)).toBe("second");
});

test("a refused sign-in and a limit concern the account as a whole", async () => {
  answer = { ok: false, fault: { kind: "blocked", reason: "auth_revoked", answer: {} } };
  await keeper().next()?.();
  answer = { ok: false, fault: { kind: "rate_limited", retryAfterMs: 1_000, answer: {} } };
  await keeper().next()?.();
  expect(reacted.map(({ kind }) => kind)).toEqual(["blocked", "rate_limited"]);
});

test("who needs it now joins a reading that is under way", async () => {
  const subject = keeper();
  const job = subject.next();
  const joined = subject.refresh({ send: () => Promise.reject(new Error("nothing is sent here")) });
  expect(subject.next()).toBeNull();
  await job?.();
  expect(await joined).toBe(true);
  expect(lanes).toEqual([1]);
});
