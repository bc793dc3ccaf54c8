import type { CallOutput } from "../../src-shared/ipc/contract.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";
import { at, dayMs } from "./made-moment.ts";

export type Connection = TopicItem<"connections">;
export const crms = ["salesforce", "hubspot", "zoho", "pipedrive"] as const;
export const labels = ["Salesforce", "HubSpot", "Zoho CRM", "Pipedrive"] as const;
export const noStates = { queued: 0, waiting: 0, sending: 0, uncertain: 0, delivered: 0, dead: 0, acknowledged: 0 };

type LaneView = Connection["lanes"][number];
export const aLane = (lane: LaneView["lane"], change: Partial<LaneView>): LaneView => ({
  lane,
  waiting: 0,
  held: 0,
  perMinute: null,
  drainsAt: null,
  why: "empty",
  limitedBy: null,
  ...change,
});

export function connection(index: 0 | 1 | 2 | 3, change: Partial<Connection> = {}): Connection {
  const limits = [15_000, 250_000, 50_000, 60_000] as const;
  const used = [1_815, 18_500, 15_500, 15_240] as const;
  const others = [2_305, 7_510, 11_000, 0] as const;
  return {
    id: index + 1,
    crm: crms[index],
    tenant: "test-clinic",
    label: labels[index],
    account: "Test Clinic",
    state: "active",
    blockedReason: null,
    restUntil: null,
    budget: {
      day: {
        lengthMs: dayMs,
        limit: limits[index],
        used: used[index],
        usedByOthers: others[index],
        usable: limits[index],
        resetsAt: at(0, 0) + dayMs,
        blockedUntil: null,
      },
      second: { lengthMs: 1_000, limit: 10, used: 0, usedByOthers: 0, usable: 9, resetsAt: null, blockedUntil: null },
    },
    lanes: [aLane(0, {}), aLane(1, {}), aLane(2, {}), aLane(3, {})],
    deliveries: { ...noStates, delivered: 41_200 },
    conflicts: 0,
    drift: [],
    mirror: { state: "complete", freshAsOf: null },
    ...change,
  };
}

export const all = [
  connection(0),
  connection(1, {
    deliveries: { ...noStates, delivered: 40_000, waiting: 3 },
    lanes: [
      aLane(0, {}),
      aLane(1, { waiting: 9, perMinute: 60, drainsAt: at(14, 41), why: null }),
      aLane(2, { waiting: 1_204, perMinute: 60, drainsAt: at(17, 20), why: null }),
      aLane(3, { held: 271 }),
    ],
  }),
  connection(2, { restUntil: at(14, 35), deliveries: { ...noStates, delivered: 40_000, waiting: 9 } }),
  connection(3, { deliveries: { ...noStates, delivered: 39_000, dead: 1 } }),
] as const;
export const byId = <T extends { id: number }>(items: readonly T[]) =>
  Object.fromEntries(items.map((item) => [String(item.id), item]));

export const aCheck: CallOutput<"integrations:check"> = {
  integrationId: 2,
  ok: true,
  account: "Test Clinic",
  problem: null,
  details: null,
  limits: [],
  settings: {},
  drift: [],
};

export const accounts: CallOutput<"integrations:list"> = {
  integrations: all.map(({ id, crm, tenant, label, account, state, blockedReason, restUntil }) => ({
    id,
    crm,
    tenant,
    label,
    baseUrl: null,
    account: { accountId: String(1_840_020 + id), name: account ?? "" },
    state,
    blockedReason,
    restUntil,
    secret: id === 4 ? ({ kind: "env", name: "PIPEDRIVE_KEY" } as const) : ({ kind: "keychain" } as const),
    unknownCaller: id === 2 ? ("log" as const) : ("hold" as const),
    since: id === 3 ? at(0, 0) - 30 * dayMs : null,
    createdAt: at(9, 15) - 70 * dayMs,
    settings: {},
  })),
};
