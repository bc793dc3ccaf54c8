import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { IntegrationView } from "../../src-shared/ipc/integration-views.ts";
import type { Answer, Bridge } from "../bridge/bridge.ts";

/** What a look at a CRM found: whether all is well there, and if not what is wrong. */
export type Check = Readonly<{
  at: number;
  ok: boolean;
  account: string | null;
  problem: string | null;
  /** Fields of the contract that were changed in the CRM, each with what to do. */
  drift: readonly Readonly<{ says: string; fix: string }>[];
}>;

export type ConnectionsState = Readonly<{
  status: "idle" | "loading" | "ready" | "failed";
  /** Every account with what was agreed for it; how it does now is told by the topic. */
  accounts: readonly IntegrationView[];
  fault: CallFault | null;
  /** The last look at each account, by its id. */
  checks: Readonly<Record<number, Check>>;
  /** The account that something is being done to: no second click until it is answered. */
  busy: number | null;
}>;

export type ConnectionsStore = StoreApi<ConnectionsState> &
  Readonly<{
    load(): Promise<void>;
    check(id: number): Promise<void>;
    /** Resolves to nothing when a click is on its way already. */
    setPaused(id: number, isPaused: boolean, note: string): Promise<Answer<"integrations:pause"> | undefined>;
    remove(id: number): Promise<Answer<"integrations:remove"> | undefined>;
  }>;

const nothing: ConnectionsState = { status: "idle", accounts: [], fault: null, checks: {}, busy: null };

export function createConnectionsStore(bridge: Bridge, now: () => number): ConnectionsStore {
  const store = createStore<ConnectionsState>(() => nothing);
  const { getState, setState } = store;

  async function load(): Promise<void> {
    if (getState().accounts.length === 0) setState({ status: "loading" });
    const answer = await bridge.call("integrations:list", {});
    if (answer.ok) setState({ status: "ready", accounts: answer.value.integrations, fault: null });
    else setState({ status: "failed", fault: answer.fault });
  }

  async function act<T>(id: number, work: () => Promise<T>): Promise<T | undefined> {
    if (getState().busy !== null) return undefined;
    setState({ busy: id });
    const answer = await work();
    setState({ busy: null });
    await load();
    return answer;
  }

  return Object.assign(store, {
    load,
    async check(id: number) {
      const answer = await act(id, () => bridge.call("integrations:check", { id }));
      if (answer === undefined) return;
      const found = answer.ok ? answer.value : { ok: false, account: null, problem: answer.fault.message, drift: [] };
      const { ok, account, problem, drift } = found;
      const check: Check = { at: now(), ok, account, problem, drift };
      setState(({ checks }) => ({ checks: { ...checks, [id]: check } }));
    },
    setPaused: (id: number, isPaused: boolean, note: string) =>
      act(id, () => bridge.call(isPaused ? "integrations:pause" : "integrations:resume", { id, note })),
    remove: (id: number) => act(id, () => bridge.call("integrations:remove", { id })),
  });
}
