import type { CallAsk, CallFault, CallName, CallOutput, CallProgress } from "../../../src-shared/ipc/contract.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";

export type CallOptions<C extends CallName> = Readonly<{
  /** Names a change: the same id again gets the first one's answer. Made up where absent. */
  requestId?: string;
  onProgress?: (progress: CallProgress<C>) => void;
  signal?: AbortSignal;
}>;

/** The engine as its users see it, in this process or behind the local socket. */
export type Engine = Readonly<{
  /** Never throws for what may be expected; a bug is a fault `internal`. */
  call<C extends CallName>(
    name: C,
    input: CallAsk<C>,
    options?: CallOptions<C>,
  ): Promise<Outcome<CallOutput<C>, CallFault>>;
  close(): Promise<void>;
}>;

/** What serves calls by name with unchecked input; answers are checked by the contract. */
export type RawEngine = Readonly<{
  call(
    name: string,
    input: unknown,
    options: Readonly<{ requestId: string | undefined; onProgress: (progress: unknown) => void; signal: AbortSignal }>,
  ): Promise<Outcome<unknown, CallFault>>;
}>;

export const fault = (code: CallFault["code"], message: string): { ok: false; fault: CallFault } => ({
  ok: false,
  fault: { code, message },
});
