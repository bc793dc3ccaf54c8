import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { WrittenView } from "../../src-shared/ipc/written-views.ts";
import type { Bridge } from "../bridge/bridge.ts";

/** What one CRM got of a call, or would get. */
export type WrittenState = Readonly<{ deliveryId: number | null; view: WrittenView | null; fault: CallFault | null }>;
export type WrittenStore = StoreApi<WrittenState> &
  Readonly<{ open(deliveryId: number): Promise<void>; refresh(): Promise<void> }>;

/** What is shown stays until a newer answer comes; answers about another delivery are dropped. */
export function createWrittenStore(bridge: Bridge): WrittenStore {
  const store = createStore<WrittenState>(() => ({ deliveryId: null, view: null, fault: null }));
  const { getState, setState } = store;

  async function ask(deliveryId: number): Promise<void> {
    const answer = await bridge.call("reports:written", { deliveryId });
    if (getState().deliveryId !== deliveryId) return;
    if (answer.ok) setState({ view: answer.value, fault: null });
    else setState({ fault: answer.fault });
  }

  return Object.assign(store, {
    async open(deliveryId: number) {
      if (getState().deliveryId !== deliveryId) setState({ deliveryId, view: null, fault: null });
      await ask(deliveryId);
    },
    async refresh() {
      const { deliveryId } = getState();
      if (deliveryId !== null) await ask(deliveryId);
    },
  });
}
