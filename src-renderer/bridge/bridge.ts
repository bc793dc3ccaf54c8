// oxlint-disable-next-line import/no-unassigned-import -- must run before the first schema is made
import "./without-eval.ts";
import { z } from "zod";
import type { Outcome } from "../../src-shared/domain/fault.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import { channels } from "../../src-shared/ipc/channels.ts";
import type { PreloadApi } from "../../src-shared/ipc/preload-api.ts";
import { applyPush, topicPush, topics, type TopicName, type TopicValue } from "../../src-shared/ipc/topics.ts";
import {
  callAnswer,
  progressFrame,
  windowCallSpec,
  type WindowCallAsk,
  type WindowCallName,
  type WindowCallOutput,
  type WindowCallProgress,
} from "../../src-shared/ipc/window-contract.ts";
import { windowRoute } from "../../src-shared/ipc/window-views.ts";

export type BridgeCallOptions<C extends WindowCallName> = Readonly<{
  /** Names a change, so that a click that is sent again is done once. Made up where absent. */
  requestId?: string;
  onProgress?: (progress: WindowCallProgress<C>) => void;
  signal?: AbortSignal;
}>;

export type Answer<C extends WindowCallName> = Outcome<WindowCallOutput<C>, CallFault>;

/** The window's only way out. Everything is checked by the contract on this side too. */
export type Bridge = Readonly<{
  /** Never throws for what may be expected; a bug is a fault `internal`. */
  call<C extends WindowCallName>(name: C, input: WindowCallAsk<C>, options?: BridgeCallOptions<C>): Promise<Answer<C>>;
  /** Calls off a call under way, also one of an earlier page: a reading of files outlives its window. */
  cancel(requestId: string): void;
  /** The topic's whole value, now and after every change; the answer ends it. */
  subscribe<T extends TopicName>(topic: T, onValue: (value: TopicValue<T>) => void): () => void;
  /** Files and folders that a person dropped anywhere on the window; they may then be imported. */
  onDropped(listener: (paths: readonly string[]) => void): () => void;
  /** A notification, the tray or a link wants this place shown. */
  onOpen(listener: (route: string) => void): () => void;
}>;

type Listeners<T> = Readonly<{ add(listener: (value: T) => void): () => void; tell(value: T): void }>;

/** What is told before anybody listens waits for the first who does. */
function createListeners<T>(): Listeners<T> {
  const all = new Set<(value: T) => void>();
  const early: T[] = [];
  return {
    add(listener) {
      all.add(listener);
      for (const value of early.splice(0)) listener(value);
      return () => void all.delete(listener);
    },
    tell(value) {
      if (all.size === 0) early.push(value);
      for (const listener of all) listener(value);
    },
  };
}

const internal = (message: string): { ok: false; fault: CallFault } => ({
  ok: false,
  fault: { code: "internal", message },
});

/** Makes the client of the preload's API. Called once, by the page. */
export function createBridge(api: PreloadApi, page: Pick<Window, "addEventListener">): Bridge {
  const progress = new Map<string, (value: unknown) => void>();
  api.onProgress((frame) => {
    const parsed = progressFrame.safeParse(frame);
    if (parsed.success) progress.get(parsed.data.requestId)?.(parsed.data.progress);
  });
  const opened = createListeners<string>();
  api.onOpen((frame) => {
    const parsed = z.strictObject({ route: windowRoute }).safeParse(frame);
    if (parsed.success) opened.tell(parsed.data.route);
  });
  const dropped = createListeners<readonly string[]>();
  page.addEventListener(channels.dropped, (event) => {
    const paths = event instanceof CustomEvent ? toPaths(event.detail) : undefined;
    if (paths !== undefined) dropped.tell(paths);
  });
  return {
    call: (name, input, options = {}) => callOnce(api, progress, name, input, options),
    cancel: (requestId) => api.cancel({ requestId }),
    subscribe: createSubscriber(api),
    onDropped: dropped.add,
    onOpen: opened.add,
  };
}

function toPaths(detail: unknown): readonly string[] | undefined {
  if (typeof detail !== "string") return undefined;
  try {
    const parsed = z.array(z.string()).safeParse(JSON.parse(detail));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function callOnce<C extends WindowCallName>(
  api: PreloadApi,
  progress: Map<string, (value: unknown) => void>,
  name: C,
  input: WindowCallAsk<C>,
  { requestId = crypto.randomUUID(), onProgress, signal }: BridgeCallOptions<C>,
): Promise<Answer<C>> {
  const spec = windowCallSpec(name);
  if (spec === undefined) return internal(`There is no call named ${name}.`);
  const asked = spec.input.safeParse(input);
  if (!asked.success) {
    const message = asked.error.issues.map((issue) => issue.message).join("; ");
    return { ok: false, fault: { code: "bad_input", message } };
  }
  if (onProgress !== undefined)
    progress.set(requestId, (value) => {
      const parsed = spec.progress.safeParse(value);
      // oxlint-disable-next-line typescript/consistent-type-assertions -- the compiler cannot tie a schema to the name it was looked up by; the lookup does
      if (parsed.success) onProgress(parsed.data as WindowCallProgress<C>);
    });
  const cancel = () => api.cancel({ requestId });
  signal?.addEventListener("abort", cancel);
  try {
    const answered = api.call({ name, input: asked.data, requestId });
    if (signal?.aborted === true) cancel();
    const answer = callAnswer.safeParse(await answered);
    if (!answer.success) return internal("The answer is of another version. Start CallLedger again.");
    if (!answer.data.ok) return answer.data;
    const value = spec.output.safeParse(answer.data.value);
    if (!value.success) return internal(`The answer to ${name} is of another version. Start CallLedger again.`);
    // oxlint-disable-next-line typescript/consistent-type-assertions -- as above
    return { ok: true, value: value.data as WindowCallOutput<C> };
  } finally {
    progress.delete(requestId);
    signal?.removeEventListener("abort", cancel);
  }
}

type Open = {
  readonly topic: TopicName;
  readonly onValue: (value: Readonly<Record<string, unknown>>) => void;
  value: Readonly<Record<string, unknown>>;
  version: number;
};

function createSubscriber(api: PreloadApi): Bridge["subscribe"] {
  const open = new Map<number, Open>();
  let last = 0;
  const start = (entry: Open): number => {
    const subscription = ++last;
    open.set(subscription, entry);
    api.subscribe({ subscription, topic: entry.topic });
    return subscription;
  };
  const end = (entry: Open) => {
    for (const [subscription, each] of open) {
      if (each !== entry) continue;
      open.delete(subscription);
      api.unsubscribe({ subscription });
    }
  };
  api.onTopic((frame) => {
    const parsed = topicPush.safeParse(frame);
    const entry = parsed.success ? open.get(parsed.data.subscription) : undefined;
    if (!parsed.success || entry === undefined) return;
    const { subscription, version, snapshot } = parsed.data;
    const items = z.record(z.string(), topics[entry.topic].item).safeParse(parsed.data.set);
    if (!items.success || (!snapshot && version !== entry.version + 1)) {
      // A push was lost or cannot be read: begin anew with a snapshot.
      end(entry);
      if (items.success) start(entry);
      return;
    }
    entry.version = version;
    entry.value = applyPush(entry.value, { ...parsed.data, set: items.data });
    entry.onValue(entry.value);
    api.taken({ subscription, version });
  });
  return (topic, onValue) => {
    const entry: Open = {
      topic,
      // oxlint-disable-next-line typescript/consistent-type-assertions -- every item has passed the schema of this topic
      onValue: (value) => onValue(value as TopicValue<typeof topic>),
      value: {},
      version: 0,
    };
    start(entry);
    return () => end(entry);
  };
}
