import type { z } from "zod";
import {
  engineCallsOfWindow,
  shellCalls,
  windowCallSpec,
  type CallAnswer,
  type ShellCallName,
} from "../../src-shared/ipc/window-contract.ts";
import type { EngineHost } from "./engine-host/engine-host.ts";

export type CallContext = Readonly<{ requestId: string; onProgress: (progress: unknown) => void }>;
/** A call under way: its answer, and how to call it off. */
export type StartedCall = Readonly<{ answer: Promise<CallAnswer>; cancel: () => void }>;
/** Gets input that its schema has passed. */
export type WindowHandler = (input: unknown, context: CallContext) => StartedCall;
export type WindowHandlers = Readonly<Record<string, WindowHandler>>;

export type WindowDispatcher = Readonly<{
  call(name: string, input: unknown, requestId: string, onProgress: (progress: unknown) => void): Promise<CallAnswer>;
  cancel(requestId: string): void;
}>;

type ShellHandlers = {
  readonly [C in ShellCallName]: (
    input: z.output<(typeof shellCalls)[C]["input"]>,
  ) => Promise<z.input<(typeof shellCalls)[C]["output"]>>;
};

const refuse = (code: "bad_input" | "internal" | "busy", message: string): CallAnswer => ({
  ok: false,
  fault: { code, message },
});

const problems = (error: z.core.$ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");

/** Calls that the engine answers, handed on as they are. */
export function createRelayHandlers(
  host: Pick<EngineHost, "call">,
  names: readonly string[] = engineCallsOfWindow,
): WindowHandlers {
  return Object.fromEntries(
    names.map((name): [string, WindowHandler] => [
      name,
      (input, { requestId, onProgress }) =>
        host.call({
          name,
          input,
          onProgress,
          requestId: windowCallSpec(name)?.kind === "change" ? requestId : undefined,
        }),
    ]),
  );
}

/** Calls that the shell answers: one handler each, or it does not compile. */
export function createShellHandlers(handlers: ShellHandlers): WindowHandlers {
  return {
    "shell:info": bind(shellCalls["shell:info"], handlers["shell:info"]),
    "shell:preferences": bind(shellCalls["shell:preferences"], handlers["shell:preferences"]),
    "shell:setPreferences": bind(shellCalls["shell:setPreferences"], handlers["shell:setPreferences"]),
    "shell:pick": bind(shellCalls["shell:pick"], handlers["shell:pick"]),
    "shell:openExternal": bind(shellCalls["shell:openExternal"], handlers["shell:openExternal"]),
    "shell:openFolder": bind(shellCalls["shell:openFolder"], handlers["shell:openFolder"]),
    "shell:testNotification": bind(shellCalls["shell:testNotification"], handlers["shell:testNotification"]),
    "shell:restartEngine": bind(shellCalls["shell:restartEngine"], handlers["shell:restartEngine"]),
  };
}

/** The dispatcher has parsed the input already; the second time gives it its type. */
function bind<I extends z.ZodType>(
  spec: Readonly<{ input: I }>,
  handler: (input: z.output<I>) => Promise<unknown>,
): WindowHandler {
  const run = async (input: unknown): Promise<CallAnswer> => ({
    ok: true,
    value: await handler(spec.input.parse(input)),
  });
  return (input) => ({ answer: run(input), cancel: () => undefined });
}

/** All handlers of a window in one table. Throws at start where a name is unknown, doubled or has no handler. */
export function collectHandlers(subjects: readonly WindowHandlers[]): ReadonlyMap<string, WindowHandler> {
  const table = new Map<string, WindowHandler>();
  for (const [name, handler] of subjects.flatMap((subject) => Object.entries(subject))) {
    if (windowCallSpec(name) === undefined) throw new Error(`no call of the window is named ${name}`);
    if (table.has(name)) throw new Error(`two handlers serve ${name}`);
    table.set(name, handler);
  }
  const missing = [...engineCallsOfWindow, ...Object.keys(shellCalls)].filter((name) => !table.has(name));
  if (missing.length > 0) throw new Error(`no handler serves ${missing.join(", ")}`);
  return table;
}

/** Checks what goes in and what comes out by the contract; what is not in it does not pass, either way. */
export function createWindowDispatcher(
  handlers: ReadonlyMap<string, WindowHandler>,
  onBug: (call: string, error: unknown) => void,
): WindowDispatcher {
  const underWay = new Map<string, StartedCall>();

  async function call(name: string, input: unknown, requestId: string, onProgress: (progress: unknown) => void) {
    const spec = windowCallSpec(name);
    const handler = handlers.get(name);
    if (spec === undefined || handler === undefined) return refuse("bad_input", "There is no call of that name.");
    const asked = spec.input.safeParse(input);
    if (!asked.success) return refuse("bad_input", `${problems(asked.error)}.`);
    if (underWay.has(requestId)) return refuse("busy", "This is being done already.");
    const started = handler(asked.data, { requestId, onProgress });
    underWay.set(requestId, started);
    const answer = await started.answer.finally(() => underWay.delete(requestId));
    if (!answer.ok) return answer;
    const checked = spec.output.safeParse(answer.value);
    if (checked.success) return { ok: true, value: checked.data } as const;
    throw new Error(`the answer breaks the contract: ${problems(checked.error)}`);
  }

  return {
    async call(name, input, requestId, onProgress) {
      try {
        return await call(name, input, requestId, onProgress);
      } catch (error) {
        onBug(name, error);
        return refuse("internal", "Something went wrong inside CallLedger. The log has the details.");
      }
    },
    cancel: (requestId) => underWay.get(requestId)?.cancel(),
  };
}
