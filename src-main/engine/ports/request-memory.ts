import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";

/**
 * Answers of changes that were done, by the request that asked for them. They outlive the engine: a click whose answer
 * was lost with it is answered by the next one, and not done twice.
 */
export type RequestMemory = Readonly<{
  /** The answer of a request that was done. Undefined: it was not, or it is long ago. */
  recall(request: string): Readonly<{ value: unknown }> | undefined;
  /**
   * Does `work` in one transaction with the memory of its answer. A fault is not remembered, since nothing was done; what
   * is thrown undoes all of it.
   */
  keep(request: string, work: () => Outcome<unknown, CallFault>): Outcome<unknown, CallFault>;
}>;
