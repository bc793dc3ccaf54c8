import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { toShuffled } from "../core/seeded-random.ts";
import type { Portal } from "./portal.ts";
import { invalid, Refusal } from "./refusal.ts";

export const maxBatch = 100;

/** Throws a `Refusal` for an empty batch or one above the cap. */
export function checkBatchSize(size: number, max: number): void {
  if (size === 0) throw invalid("The batch holds no inputs.");
  if (size > max) throw invalid(`The number of inputs ${size} is above the limit of ${max} of this batch.`);
}

/** Results come in no order at all; errors only when there are some, and then the status is 207. */
export function toBatchAnswer(
  { clock, random }: Portal,
  status: number,
  results: readonly object[],
  errors: readonly object[] = [],
): SandboxAnswer {
  const time = new Date(clock.now()).toISOString();
  const failed = errors.length === 0 ? {} : { numErrors: errors.length, errors };
  const body = {
    status: "COMPLETE",
    results: toShuffled(results, random),
    ...failed,
    startedAt: time,
    completedAt: time,
  };
  return toJsonAnswer(errors.length === 0 ? status : 207, body);
}

/** Runs one item of a batch; what HubSpot refuses becomes a value, everything else stays an exception. */
export function attempt<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * Inputs of one batch that share a key: an error, or the last one counts. The order of what is left is that of the input.
 * Inputs without a key are never the same.
 */
export function resolveDuplicates<T>(
  inputs: readonly T[],
  keyOf: (input: T) => string | undefined,
  mode: "error" | "lastWins",
): readonly T[] {
  const last = new Map<string, T>();
  for (const input of inputs) {
    const key = keyOf(input);
    if (key === undefined) continue;
    if (last.has(key) && mode === "error")
      throw invalid(`Duplicate IDs found in batch input: [${key}]. IDs must be unique.`, { context: { ids: [key] } });
    last.set(key, input);
  }
  return inputs.filter((input) => {
    const key = keyOf(input);
    return key === undefined || last.get(key) === input;
  });
}
