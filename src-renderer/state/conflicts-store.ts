import { createStore, type StoreApi } from "zustand/vanilla";
import type { ConflictVerdict } from "../../src-shared/domain/conflict.ts";
import type { ConflictView } from "../../src-shared/ipc/conflict-views.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { Answer, Bridge } from "../bridge/bridge.ts";

/** Fields of ours that somebody changed in a CRM and that wait for a decision, newest first. Null: not asked yet. */
export type ConflictsState = Readonly<{
  conflicts: readonly ConflictView[] | null;
  fault: CallFault | null;
  busy: number | null;
}>;

export type ConflictsStore = StoreApi<ConflictsState> &
  Readonly<{
    pull(): Promise<void>;
    /** Resolves to nothing when a click is on its way already. */
    settle(id: number, verdict: ConflictVerdict): Promise<Answer<"conflicts:settle"> | undefined>;
  }>;

/** Conflicts that are listed; the rest comes when these are settled. */
const listed = 100;

export function createConflictsStore(bridge: Bridge): ConflictsStore {
  const store = createStore<ConflictsState>(() => ({ conflicts: null, fault: null, busy: null }));
  const { getState, setState } = store;

  async function pull(): Promise<void> {
    const answer = await bridge.call("conflicts:list", { id: null, all: false, before: null, limit: listed });
    setState(answer.ok ? { conflicts: answer.value.conflicts, fault: null } : { fault: answer.fault });
  }

  return Object.assign(store, {
    pull,
    async settle(id: number, verdict: ConflictVerdict) {
      if (getState().busy !== null) return undefined;
      setState({ busy: id });
      const answer = await bridge.call("conflicts:settle", { id, verdict, note: "" });
      setState({ busy: null });
      await pull();
      return answer;
    },
  });
}
