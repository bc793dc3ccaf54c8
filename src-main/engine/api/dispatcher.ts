import type { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import {
  ipcCalls,
  isCallName,
  type CallFault,
  type CallName,
  type IpcCalls,
} from "../../../src-shared/ipc/contract.ts";
import { fault, type RawEngine } from "../host/engine.ts";
import { processRedactor } from "../host/redactor.ts";
import type { RequestMemory } from "../ports/request-memory.ts";

type Spec = Readonly<{ kind: "read" | "change"; input: z.ZodType; output: z.ZodType; progress: z.ZodType }>;

/** What goes with a call: stop when `signal` aborts; `onProgress` may be called as often as one likes. */
export type CallContext<P> = Readonly<{ signal: AbortSignal; onProgress: (progress: P) => void }>;

type Answer<T> = Promise<Outcome<T, CallFault>>;

/** The part of a change that takes effect: at once, and in one transaction with the memory of its answer. */
type Commit<T> = () => Outcome<T, CallFault>;
type Settle = (commit: Commit<unknown>) => Outcome<unknown, CallFault>;
/** What comes before it may be done twice. */
type Prepared<T> = Outcome<Commit<T>, CallFault>;

/** A call with its handler behind the check of input and output. */
export type BoundCall<S extends Spec> = Readonly<{
  spec: S;
  run(input: unknown, context: CallContext<unknown>, settle: Settle): Answer<unknown>;
}>;

/** One handler for each call: a call without one does not compile. */
export type Handlers = { readonly [C in CallName]: BoundCall<IpcCalls[C]> };
/** Handlers of one subject; the dispatcher refuses a name that two subjects serve. */
export type SubjectHandlers<C extends CallName> = Pick<Handlers, C>;

const problems = (error: z.core.$ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issue.message}`)
    .join("; ");

/** Binds a handler to its call of the contract. The answer is checked too: what is not in the contract never leaves. */
export function serve<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType, K extends "read" | "change">(
  spec: Readonly<{ kind: K; input: I; output: O; progress: P }>,
  handler: (input: z.output<I>, context: CallContext<z.input<P>>) => Answer<z.input<O>>,
): BoundCall<{ readonly kind: K; readonly input: I; readonly output: O; readonly progress: P }> {
  return {
    spec,
    async run(input, context) {
      const asked = spec.input.safeParse(input);
      if (!asked.success) return fault("bad_input", `${problems(asked.error)}.`);
      return checkAnswer(spec.output, await handler(asked.data, context));
    },
  };
}

/**
 * Binds a change that must not be done twice, also when the engine dies right after it. The handler prepares what may
 * be repeated and answers with what takes effect; that runs in one transaction with the memory of its answer.
 */
export function serveOnce<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType>(
  spec: Readonly<{ kind: "change"; input: I; output: O; progress: P }>,
  prepare: (
    input: z.output<I>,
    context: CallContext<z.input<P>>,
  ) => Prepared<z.input<O>> | Promise<Prepared<z.input<O>>>,
): BoundCall<{ readonly kind: "change"; readonly input: I; readonly output: O; readonly progress: P }> {
  return {
    spec,
    async run(input, context, settle) {
      const asked = spec.input.safeParse(input);
      if (!asked.success) return fault("bad_input", `${problems(asked.error)}.`);
      const prepared = await prepare(asked.data, context);
      return prepared.ok ? settle(() => checkAnswer(spec.output, prepared.value())) : prepared;
    },
  };
}

/** A change with nothing to prepare. */
export const atOnce = <T>(commit: Commit<T>): Prepared<T> => ({ ok: true, value: commit });

function checkAnswer(schema: z.ZodType, answer: Outcome<unknown, CallFault>): Outcome<unknown, CallFault> {
  if (!answer.ok) return answer;
  const checked = schema.safeParse(answer.value);
  if (!checked.success) throw new Error(`The answer breaks the contract: ${problems(checked.error)}`);
  return { ok: true, value: checked.data };
}

/** Requests whose answers are kept in memory: faults too, and those that are still in hand. */
const rememberedRequests = 2_000;

export type DispatcherParts = Readonly<{
  handlers: Handlers;
  /** Reads only: beside a running engine. */
  readOnly: boolean;
  /** Changes that were done, also by an engine that died before it could answer. */
  requests: RequestMemory;
  /** Gets what was thrown: a bug. */
  onBug: (call: string, error: unknown) => void;
  /** Told after each change that was done. */
  onChanged?: (call: CallName) => void;
}>;

/** Calls by name. A change with a request id that was seen joins or repeats the first one's answer. */
export function createDispatcher({ handlers, readOnly, requests, onBug, onChanged }: DispatcherParts): RawEngine {
  const seen = new Map<string, Promise<Outcome<unknown, CallFault>>>();

  async function run(name: CallName, input: unknown, context: CallContext<unknown>, request?: string): Answer<unknown> {
    try {
      const known = request === undefined ? undefined : requests.recall(request);
      if (known !== undefined) return { ok: true, value: known.value };
      const answer = await runAndKeep(name, input, context, request);
      if (answer.ok && ipcCalls[name].kind === "change") onChanged?.(name);
      return answer;
    } catch (error) {
      onBug(name, error);
      return fault(
        "internal",
        `Something went wrong inside CallLedger (${name}). ${toSentence(processRedactor.toSafeError(error))}`,
      );
    }
  }

  async function runAndKeep(
    name: CallName,
    input: unknown,
    context: CallContext<unknown>,
    request: string | undefined,
  ): Answer<unknown> {
    if (request === undefined) return handlers[name].run(input, context, (commit) => commit());
    let isKept = false;
    const answer = await handlers[name].run(input, context, (commit) => {
      isKept = true;
      return requests.keep(request, commit);
    });
    return isKept ? answer : requests.keep(request, () => answer);
  }

  function once(id: string, name: CallName, input: unknown, context: CallContext<unknown>): Answer<unknown> {
    const key = `${name} ${id}`;
    const first = seen.get(key);
    if (first !== undefined) return first;
    const answer = run(name, input, context, key).then((outcome) => {
      // What was given up or could not begin may be asked for again.
      if (!outcome.ok && (outcome.fault.code === "canceled" || outcome.fault.code === "busy")) seen.delete(key);
      return outcome;
    });
    seen.set(key, answer);
    for (const old of seen.keys()) {
      if (seen.size <= rememberedRequests) break;
      seen.delete(old);
    }
    return answer;
  }

  return {
    call(name, input, { requestId, onProgress, signal }) {
      if (!isCallName(name)) return Promise.resolve(fault("bad_input", `There is no call named ${name.slice(0, 60)}.`));
      const context = { onProgress, signal };
      if (ipcCalls[name].kind === "read") return run(name, input, context);
      if (readOnly) return Promise.resolve(fault("bad_input", `${name} changes something; this engine only reads.`));
      return requestId === undefined ? run(name, input, context) : once(requestId, name, input, context);
    },
  };
}

/** The first line of an error's message, bounded: it goes to a person. */
const toSentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1).join("").slice(0, 300);
