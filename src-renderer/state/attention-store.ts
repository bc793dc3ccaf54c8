import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { DeadLetterView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { Answer, Bridge } from "../bridge/bridge.ts";

/** The calls of the cause that is open, and what is being done to it. */
export type AttentionState = Readonly<{
  /** Id of a group; null: none is open. */
  target: string | null;
  status: "idle" | "loading" | "ready" | "failed";
  letters: readonly DeadLetterView[];
  fault: CallFault | null;
  /** Target of a click that is on its way: no second click until it is answered. */
  busy: string | null;
}>;

export type AttentionStore = StoreApi<AttentionState> &
  Readonly<{
    open(target: string): Promise<void>;
    close(): void;
    refresh(): Promise<void>;
    /** `target`: a group or one delivery. Resolves to nothing when a click is on its way already. */
    replay(target: string): Promise<Answer<"deadLetters:replay"> | undefined>;
    acknowledge(target: string, note: string): Promise<Acknowledged | undefined>;
    /** Takes an acknowledgement back: its calls go out again. */
    takeBack(acknowledged: Acknowledged): Promise<Answer<"deadLetters:replay"> | undefined>;
  }>;

/** An acknowledgement and what it is taken back by. */
export type Acknowledged = Readonly<{ answer: Answer<"deadLetters:acknowledge">; undoTarget: string }>;

/** Calls of a cause that are listed; the rest is found in Calls. */
export const shownLetters = 100;

const closed: AttentionState = { target: null, status: "idle", letters: [], fault: null, busy: null };

export function createAttentionStore(bridge: Bridge, timeZone: string, now: () => number): AttentionStore {
  const store = createStore<AttentionState>(() => closed);
  const { getState, setState } = store;

  async function ask(target: string): Promise<void> {
    const answer = await bridge.call("deadLetters:show", { target, limit: shownLetters, timeZone });
    if (getState().target !== target) return;
    if (answer.ok) setState({ status: "ready", letters: answer.value.letters, fault: null });
    else setState({ status: "failed", fault: answer.fault, letters: [] });
  }

  /** One click at a time: a second one waits for nothing and does nothing. */
  async function act<T>(target: string, work: () => Promise<T>): Promise<T | undefined> {
    if (getState().busy !== null) return undefined;
    setState({ busy: target });
    const answer = await work();
    setState({ busy: null });
    const open = getState().target;
    if (open !== null && open !== target) await ask(open);
    return answer;
  }

  return Object.assign(store, {
    async open(target: string) {
      if (getState().target === target) return;
      setState({ ...closed, busy: getState().busy, target, status: "loading" });
      await ask(target);
    },
    close: () => setState({ ...closed, busy: getState().busy }),
    async refresh() {
      const { target } = getState();
      if (target !== null) await ask(target);
    },
    replay: (target: string) => act(target, () => bridge.call("deadLetters:replay", { target, note: "" })),
    acknowledge(target: string, note: string) {
      const undoTarget = `${target}@${now()}`;
      return act(target, async () => ({
        answer: await bridge.call("deadLetters:acknowledge", { target, note }),
        undoTarget,
      }));
    },
    takeBack: ({ undoTarget }: Acknowledged) =>
      act(undoTarget, () => bridge.call("deadLetters:replay", { target: undoTarget, note: "" })),
  });
}
