import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { CallLine, CallPage } from "../../src-shared/ipc/call-views.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { Bridge } from "../bridge/bridge.ts";

export type CallsFilter = Readonly<{ text: string; outcome: CallOutcome | null }>;

/** The list of calls as far as it was loaded. */
export type CallsState = CallsFilter &
  Readonly<{
    status: "idle" | "loading" | "ready" | "failed";
    /** Newest read first. */
    lines: readonly CallLine[];
    /** Where the next page begins; null at the end. */
    next: number | null;
    isLoadingMore: boolean;
    fault: CallFault | null;
    /** Newer calls that are not in the list yet: they do not push it while somebody reads. */
    fresh: readonly CallLine[];
    /** Row id of the row that has the keyboard; null for the first. */
    selected: number | null;
    /** Where the list was scrolled to, px. */
    scrollTop: number;
    /** How long the first page took to come, ms. */
    tookMs: number | null;
  }>;

export type CallsStore = StoreApi<CallsState> &
  Readonly<{
    filter(change: Partial<CallsFilter>): void;
    load(): Promise<void>;
    loadMore(): Promise<void>;
    /** Something changed: what is loaded is looked at again, new calls are kept apart. */
    refresh(): Promise<void>;
    showFresh(): void;
    select(rowId: number | null): void;
    rememberScroll(scrollTop: number): void;
  }>;

const pageSize = 100;
/** Rows that a change is looked up for: a screen and what is near it. */
const refreshSize = 200;

const empty: CallsState = {
  text: "",
  outcome: null,
  status: "idle",
  lines: [],
  next: null,
  isLoadingMore: false,
  fault: null,
  fresh: [],
  selected: null,
  scrollTop: 0,
  tookMs: null,
};

export function createCallsStore(bridge: Bridge, now: () => number): CallsStore {
  const store = createStore<CallsState>(() => empty);
  const { getState, setState } = store;
  /** Answers of an older question are dropped. */
  let question = 0;
  let isAsking = false;
  let isStale = false;

  const ask = (before: number | null, limit: number) => {
    const { text, outcome } = getState();
    return bridge.call("calls:list", { text, outcome, before, limit });
  };

  /** One question at a time; the newest one wins, and what was typed meanwhile is asked next. */
  async function load(): Promise<void> {
    question += 1;
    if (isAsking) return;
    isAsking = true;
    let answered = 0;
    while (answered !== question) {
      answered = question;
      setState({ status: "loading", fault: null });
      const since = now();
      const answer = await ask(null, pageSize);
      if (answered !== question) continue;
      const tookMs = Math.max(1, Math.round(now() - since));
      if (answer.ok)
        setState({ status: "ready", lines: answer.value.calls, next: answer.value.next, fresh: [], tookMs });
      else setState({ status: "failed", fault: answer.fault });
    }
    isAsking = false;
    if (!isStale) return;
    isStale = false;
    if (getState().status === "ready") void refresh();
  }

  async function loadMore(): Promise<void> {
    const { next, isLoadingMore, status } = getState();
    if (next === null || isLoadingMore || status !== "ready") return;
    const asked = question;
    setState({ isLoadingMore: true });
    const answer = await ask(next, pageSize);
    if (asked !== question) {
      setState({ isLoadingMore: false });
      return;
    }
    if (answer.ok) setState({ lines: [...getState().lines, ...answer.value.calls], next: answer.value.next });
    else setState({ fault: answer.fault });
    setState({ isLoadingMore: false });
  }

  async function refresh(): Promise<void> {
    if (getState().status === "idle") return;
    if (getState().status === "failed") return load();
    isStale = isAsking;
    if (isAsking) return;
    isAsking = true;
    const asked = question;
    const answer = await ask(null, refreshSize);
    isAsking = false;
    if (asked !== question) return load();
    if (answer.ok) setState((state) => merge(state, answer.value));
    if (isStale) return refresh();
  }

  return Object.assign(store, {
    filter(change: Partial<CallsFilter>) {
      setState({ ...change, selected: null, scrollTop: 0 });
      void load();
    },
    load,
    loadMore,
    refresh,
    showFresh: () => setState((state) => ({ lines: [...state.fresh, ...state.lines], fresh: [], scrollTop: 0 })),
    select: (selected: number | null) => setState({ selected }),
    rememberScroll: (scrollTop: number) => setState({ scrollTop }),
  });
}

/** Puts the newest page over what is loaded. A list that is empty or at its top takes new calls at once. */
export function merge(state: CallsState, { calls, next }: CallPage): Partial<CallsState> {
  const first = state.lines[0]?.rowId ?? 0;
  const fresh = calls.filter(({ rowId }) => rowId > first);
  const known = calls.filter(({ rowId }) => rowId <= first);
  const older = next === null ? [] : state.lines.filter(({ rowId }) => rowId < next);
  const lines = [...known, ...older];
  const end = older.length === 0 ? { next } : {};
  const isReading = state.lines.length > 0 && (state.scrollTop > 0 || state.selected !== null);
  return isReading ? { lines, fresh, ...end } : { lines: [...fresh, ...lines], fresh: [], ...end };
}
