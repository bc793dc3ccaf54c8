import { z } from "zod";
import type { BudgetObservation, BudgetWindow } from "../../../src-shared/domain/budget.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { CrmAnswer, CrmRequest } from "../../engine/ports/connector.ts";
import { readVendorErrors } from "./error-body.ts";
import { batchPath, limitsPath } from "./wire.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;

const dayMs = 24 * 3_600_000;

/** Calls of an edition without its licences, which no query tells; the headers of the first answers raise it. */
function allocationOf(edition: string | undefined): number {
  return edition === undefined || /developer|trial/i.test(edition) ? 15_000 : 100_000;
}

/** Salesforce's one window: the org's calls of the last 24 hours, those of every other application included. */
export function listWindows(account: CrmAccount | null): readonly BudgetWindow[] {
  const limit = allocationOf(account?.plan);
  return [{ name: "day", lengthMs: dayMs, limit, share: 1, daily: true, reset: { kind: "rolling" } }];
}

export type DayUsage = Readonly<{ used: number; limit: number }>;

/** `api-usage=10018/100000; api-bursts=1/750`: parts in any order, unknown ones are skipped. */
export function readUsage(headers: Answer["headers"]): DayUsage | undefined {
  const parts = (headers["sforce-limit-info"] ?? "").split(";").map((part) => part.trim());
  const found = parts.map((part) => /^api-usage=(\d+)\/(\d+)$/.exec(part)).find((match) => match !== null);
  return found === undefined ? undefined : { used: Number(found[1]), limit: Number(found[2]) };
}

export const isUsedUp = (usage: DayUsage | undefined): boolean => usage !== undefined && usage.used >= usage.limit;

const limitsAnswer = z.looseObject({
  DailyApiRequests: z.looseObject({ Max: z.number().int().nonnegative(), Remaining: z.number().int() }),
});

const batchOfLimits = z.looseObject({ results: z.array(z.looseObject({ result: z.unknown() })) });

/** The limits resource, asked for by itself or in a batch. */
function findLimits(request: CrmRequest, json: unknown): z.infer<typeof limitsAnswer> | undefined {
  if (request.path === limitsPath) return limitsAnswer.safeParse(json).data;
  const batch = request.path === batchPath ? batchOfLimits.safeParse(json).data : undefined;
  return batch?.results.map(({ result }) => limitsAnswer.safeParse(result).data).find((found) => found !== undefined);
}

/** How long the vendor's "used up" holds before we look again: the rolling day recovers bit by bit. */
const lookAgainMs = 20 * 60_000;

function toObservation({ used, limit }: DayUsage): BudgetObservation {
  return { window: "day", limit, remaining: Math.max(0, limit - used) };
}

/** What an answer tells about the day: the header of every answer, or the limits resource. */
export function observe(request: CrmRequest, answer: Answer): readonly BudgetObservation[] {
  const refusedForDay = readVendorErrors(answer.json).some(
    ({ code, message }) => code === "REQUEST_LIMIT_EXCEEDED" && message.startsWith("TotalRequests"),
  );
  const blocked = refusedForDay ? { blockedForMs: lookAgainMs } : {};
  const usage = readUsage(answer.headers);
  if (usage !== undefined) return [{ ...toObservation(usage), ...blocked }];
  if (refusedForDay) return [{ window: "day", remaining: 0, ...blocked }];
  const limits = findLimits(request, answer.json);
  if (limits === undefined) return [];
  const { Max: limit, Remaining: remaining } = limits.DailyApiRequests;
  return [{ window: "day", limit, remaining: Math.max(0, remaining) }];
}
