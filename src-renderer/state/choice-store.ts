import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { MatchChoice } from "../../src-shared/ipc/match-views.ts";
import type { Answer, Bridge } from "../bridge/bridge.ts";

/** The call whose person is to be named, and what is known of who it may be. */
export type ChoiceState = Readonly<{
  deliveryId: number | null;
  choice: MatchChoice | null;
  fault: CallFault | null;
  isBusy: boolean;
}>;

/** Whose the call is. `rule`: from now on for its number; `past`: for its earlier calls, too. */
export type Told = Readonly<{
  person: Readonly<{ object: string; id: string }>;
  rule: boolean;
  past: boolean;
}>;

export type ChoiceStore = StoreApi<ChoiceState> &
  Readonly<{
    open(deliveryId: number): Promise<void>;
    /** Resolves to nothing when nothing is open, or a click is on its way already. */
    tell(told: Told): Promise<Answer<"match:set"> | undefined>;
    undo(choice: MatchChoice): Promise<Answer<"match:undo">>;
  }>;

const closed: ChoiceState = { deliveryId: null, choice: null, fault: null, isBusy: false };

export function createChoiceStore(bridge: Bridge): ChoiceStore {
  const store = createStore<ChoiceState>(() => closed);
  const { getState, setState } = store;
  const callOf = ({ callId, tenant, integrationId }: MatchChoice) => ({ call: callId, tenant, id: integrationId });
  return Object.assign(store, {
    async open(deliveryId: number) {
      if (getState().deliveryId !== deliveryId) setState({ ...closed, deliveryId });
      const answer = await bridge.call("match:choice", { deliveryId });
      if (getState().deliveryId !== deliveryId) return;
      if (answer.ok) setState({ choice: answer.value, fault: null });
      else setState({ fault: answer.fault });
    },
    async tell({ person, rule, past }: Told) {
      const { choice, isBusy } = getState();
      if (choice === null || isBusy) return undefined;
      setState({ isBusy: true });
      const answer = await bridge.call("match:set", { ...callOf(choice), person, rule, past });
      setState({ isBusy: false, ...(answer.ok ? {} : { fault: answer.fault }) });
      return answer;
    },
    undo: (choice: MatchChoice) => bridge.call("match:undo", callOf(choice)),
  });
}
