import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallLine } from "../../src-shared/ipc/call-views.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { CallStory, StoryAnswer } from "../../src-shared/ipc/story-views.ts";
import type { Bridge } from "../bridge/bridge.ts";

/** Which call: its id, and the company where it is known. */
export type StoryTarget = Readonly<{ callId: string; tenant: string | null }>;

export type StoryState = Readonly<{
  target: StoryTarget | null;
  status: "idle" | "loading" | "ready" | "failed";
  story: CallStory | null;
  /** The same call as a list shows it; null while it is looked for. */
  line: CallLine | null;
  candidates: StoryAnswer["candidates"];
  fault: CallFault | null;
}>;

export type StoryStore = StoreApi<StoryState> &
  Readonly<{ open(target: StoryTarget): Promise<void>; refresh(): Promise<void> }>;

const closed: StoryState = { target: null, status: "idle", story: null, line: null, candidates: [], fault: null };

/** The account of one call. What is shown stays until a newer answer comes. */
export function createStoryStore(bridge: Bridge, timeZone: string): StoryStore {
  const store = createStore<StoryState>(() => closed);
  let question = 0;

  async function ask(target: StoryTarget): Promise<void> {
    question += 1;
    const asked = question;
    const { callId, tenant } = target;
    const [answer, page] = await Promise.all([
      bridge.call("reports:why", { text: callId, timeZone, ...(tenant === null ? {} : { tenant }) }),
      bridge.call("calls:list", { text: callId, outcome: null, before: null, limit: 20 }),
    ]);
    if (asked !== question) return;
    if (!answer.ok) {
      store.setState({ status: "failed", fault: answer.fault });
      return;
    }
    const { story, candidates } = answer.value;
    const line = page.ok ? page.value.calls.find((each) => isSame(each, story)) : undefined;
    store.setState({ status: "ready", story, line: line ?? null, candidates, fault: null });
  }

  return Object.assign(store, {
    async open(target: StoryTarget) {
      store.setState({ ...closed, target, status: "loading" });
      await ask(target);
    },
    async refresh() {
      const { target } = store.getState();
      if (target !== null) await ask(target);
    },
  });
}

const isSame = (line: CallLine, story: CallStory | null): boolean =>
  line.callId === story?.callId && line.tenant === story.tenant;
