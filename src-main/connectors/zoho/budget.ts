import { type BudgetObservation, type BudgetWindow, defaultShare } from "../../../src-shared/domain/budget.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmAnswer } from "../../engine/ports/connector.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { crowdedMs, spentMs } from "./faults.ts";
import { windowNames } from "./wire.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;

const dayMs = 24 * 3_600_000;
/** Refusals that go on for this long mean that the credits are spent, whatever the header said. */
const persistentMs = 15 * 60_000;

/** Our own cap by the minute. Zoho documents none; an org that shares its account with others may want less. */
const defaultPerMinute = 150;

const perUser: Readonly<Record<string, number>> = {
  standard: 250,
  starter: 250,
  professional: 500,
  enterprise: 1_000,
  zohoone: 1_000,
  ultimate: 2_000,
  crmplus: 2_000,
};
const caps: Readonly<Record<string, number>> = {
  standard: 100_000,
  starter: 100_000,
  professional: 3_000_000,
  enterprise: 5_000_000,
  zohoone: 5_000_000,
};

/** The edition and its users as the account's plan tells them: `enterprise, 10 users`. */
export const toPlan = (edition: string, users: number): string => `${edition}, ${users} users`;

/** Credits in 24 hours; the free edition's where the plan is not known, until Zoho's header says otherwise. */
export function creditsOf(plan: string | undefined): number {
  const found = /^(\S+), (\d+) users$/.exec(plan ?? "");
  const edition = (found?.[1] ?? "free").toLowerCase();
  if (!Object.hasOwn(perUser, edition)) return 5_000;
  const credits = 50_000 + (perUser[edition] ?? 0) * Number(found?.[2] ?? "0");
  return Math.min(credits, caps[edition] ?? credits);
}

/** `perMinute`: from the settings; 0 for no cap of our own. */
export function listWindows(account: CrmAccount | null, perMinute = defaultPerMinute): readonly BudgetWindow[] {
  const reset = { kind: "rolling" } as const;
  return [
    {
      name: windowNames.credits,
      lengthMs: dayMs,
      limit: creditsOf(account?.plan),
      share: 1,
      daily: true,
      reset,
    },
    {
      name: windowNames.minute,
      lengthMs: 60_000,
      limit: perMinute === 0 ? Number.MAX_SAFE_INTEGER : perMinute,
      share: perMinute === 0 ? 1 : defaultShare,
      daily: false,
      reset,
    },
    // Zoho gives ten access tokens per refresh token in ten minutes, then none for ten minutes or more.
    { name: windowNames.tokens, lengthMs: 600_000, limit: 10, share: defaultShare, daily: false, reset },
  ];
}

/** Tells spent credits from too many calls at once: the answers look the same, only the header and time tell. */
export type CreditWatch = Readonly<{
  observe(answer: Answer): readonly BudgetObservation[];
  areSpent(answer: Answer): boolean;
}>;

export function createCreditWatch(clock: Clock): CreditWatch {
  let left: number | undefined;
  let refusedSince: number | undefined;

  const learn = (answer: Answer): void => {
    const header = answer.headers["x-api-credits-remaining"];
    if (header !== undefined && /^\d+$/.test(header)) left = Number(header);
    if (answer.status !== 429) refusedSince = undefined;
    else refusedSince ??= clock.monotonic();
  };
  const areSpent = (answer: Answer): boolean => {
    learn(answer);
    const lasts = refusedSince !== undefined && clock.monotonic() - refusedSince >= persistentMs;
    return answer.status === 429 && (left === 0 || lasts);
  };
  return {
    areSpent,
    observe: (answer) => {
      const spent = areSpent(answer);
      const told: BudgetObservation[] =
        answer.headers["x-api-credits-remaining"] === undefined || left === undefined
          ? []
          : [{ window: windowNames.credits, remaining: left }];
      if (answer.status !== 429) return told;
      const asked = parseRetryAfter(answer.headers["retry-after"], answer.serverTimeMs ?? clock.now());
      return spent
        ? [{ window: windowNames.credits, remaining: 0, blockedForMs: asked ?? spentMs }]
        : [...told, { window: windowNames.minute, blockedForMs: asked ?? crowdedMs }];
    },
  };
}
