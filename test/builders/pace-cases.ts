import { defaultShare } from "../../src-shared/domain/budget.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { type PaceRig, createPaceRig } from "./pace-rig.ts";

/** A short window as the vendor enforces it, and the name by which the sandbox counts it. */
export type PaceCase = Readonly<{
  crm: Exclude<CrmType, "salesforce">;
  name: string;
  window: string;
  windowMs: number;
  limit: number;
  account: object;
  settings?: Readonly<Record<string, string>>;
}>;

export const paceCases: readonly PaceCase[] = [
  {
    crm: "hubspot",
    name: "HubSpot's ten seconds",
    window: "ten_secondly_rolling",
    windowMs: 10_000,
    limit: 100,
    account: { tenSecondLimit: 100, otherAppsPerMinute: 0 },
  },
  {
    crm: "hubspot",
    name: "HubSpot's ten seconds with the add-on, as only its headers tell",
    window: "ten_secondly_rolling",
    windowMs: 10_000,
    limit: 250,
    account: { tenSecondLimit: 250, otherAppsPerMinute: 0 },
  },
  {
    crm: "pipedrive",
    name: "Pipedrive's burst",
    window: "burst",
    windowMs: 2_000,
    limit: 40,
    account: { plan: "growth", burstLimit: 40, dailyLimit: 10_000_000 },
  },
  {
    crm: "zoho",
    name: "Zoho's 150 a minute",
    window: "minute",
    windowMs: 60_000,
    limit: 150,
    account: { perMinuteLimit: 150 },
    settings: { requestsPerMinute: "150" },
  },
];

/** From the engine to the CRM and back, each, and what the CRM takes, ms: together what a sandbox on loopback takes at most. */
const wayMs = 1;
const workMs = 2;

/** Share of the vendor's limit that was used in a phase, and what the vendor says of it. */
export type PhaseUse = Readonly<{ phase: PacePhase; share: number; refused: number; most: number }>;

export const pacePhases = [
  "steady",
  "killed in the middle of a window",
  "clock set back",
  "clock set forward",
] as const;
export type PacePhase = (typeof pacePhases)[number];

/** A full queue, for so long in each phase: the steady pace, after a kill in the middle of a window, after jumps of the wall clock. */
export async function measureUse(
  each: PaceCase,
  ask: Readonly<{ phaseMs: number; phases: readonly PacePhase[] }>,
): Promise<readonly PhaseUse[]> {
  const { crm, account, settings, windowMs, limit } = each;
  const windows = Math.ceil(ask.phaseMs / windowMs);
  const rig = await createPaceRig({ crm, account, wayMs, workMs, ...(settings === undefined ? {} : { settings }) });
  const begins: Readonly<Record<PacePhase, () => Promise<void> | void>> = {
    steady: () => undefined,
    "killed in the middle of a window": async () => {
      await rig.world.advance(windowMs * 0.3);
      await rig.kill();
      rig.start();
    },
    "clock set back": () => rig.world.jumpWall(-3 * 3_600_000),
    "clock set forward": () => rig.world.jumpWall(7 * 3_600_000),
  };
  const uses: PhaseUse[] = [];
  try {
    rig.importCalls(Math.ceil(limit * (windows * ask.phases.length + 3)), 3, "bulk");
    rig.start();
    await rig.world.advance(windowMs * 1.2);
    for (const phase of ask.phases) {
      await begins[phase]();
      const before = rig.stats().requests;
      await rig.world.advance(windowMs * windows);
      const { requests, rateLimited } = rig.stats();
      const share = (requests - before) / (limit * windows);
      uses.push({ phase, share, refused: rateLimited, most: mostOf(rig, each) });
    }
    return uses;
  } finally {
    await rig.close();
  }
}

/** The least of the vendor's limit that is to be used over minutes. */
export const leastUse = 0.97;
/** And over a few windows, of which one begins with a kill: of the part of it that we let ourselves use. */
export const leastShortUse = ({ limit }: PaceCase): number => (leastUse * Math.floor(limit * defaultShare)) / limit;

function mostOf(rig: PaceRig, { window }: PaceCase): number {
  const found = rig.stats().windows.find(({ name }) => name === window);
  if (found === undefined)
    throw new Error(
      `there is no window ${window}: ${rig
        .stats()
        .windows.map(({ name }) => name)
        .join(", ")}`,
    );
  return found.max;
}

/** How long after it was read a real-time call left, behind so many bulk calls, in several moments of a window, ms. */
export async function measureUrgent(bulk: number, moments: readonly number[]): Promise<readonly number[]> {
  const rig = await createPaceRig({ crm: "hubspot", account: { tenSecondLimit: 100, otherAppsPerMinute: 0 }, wayMs });
  try {
    rig.importCalls(bulk, 3, "bulk");
    rig.start();
    await rig.world.advance(5_000);
    const waits: number[] = [];
    for (const [index, moment] of moments.entries()) {
      await rig.world.advance(moment);
      const readAt = rig.world.now();
      const [seconds = 0] = rig.importCalls(1, 0, `urgent-${index}`);
      const seen = () => rig.arrivals.find(({ at, body }) => at >= readAt && body.includes(`"${seconds * 1_000}"`));
      await rig.world.advance(20_000, () => seen() === undefined);
      waits.push((seen()?.at ?? Number.POSITIVE_INFINITY) - wayMs - readAt);
    }
    if (rig.stats().rateLimited > 0) throw new Error("the CRM refused a request");
    return waits;
  } finally {
    await rig.close();
  }
}
