import { createStore, type StoreApi } from "zustand/vanilla";
import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { CallCounts, CallLine, CallPage, CallWeek } from "../../src-shared/ipc/call-views.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { Bridge } from "../bridge/bridge.ts";
import type { CallSpan } from "./call-span.ts";

export type CallsFilter = Readonly<{ text: string; outcome: CallOutcome | null; span: CallSpan | null }>;

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
    /** How many calls of this text and span stand where; null until it was counted. */
    counts: CallCounts | null;
    /** Calls by week, newest first; null until they were counted. */
    weeks: readonly CallWeek[] | null;
  }>;

export type CallsStore = StoreApi<CallsState> &
  Readonly<{
    filter(change: Partial<CallsFilter>): void;
    load(): Promise<void>;
    loadMore(): Promise<void>;
    /** Something changed: what is loaded is looked at again, new calls are kept apart. */
    refresh(): Promise<void>;
    /** Counts what the list is about, at most once in `countPauseMs`. */
    count(): void;
    pullWeeks(): Promise<void>;
    showFresh(): void;
    select(rowId: number | null): void;
    rememberScroll(scrollTop: number): void;
  }>;

const pageSize = 100;
/** Rows that a change is looked up for: a screen and what is near it. */
const refreshSize = 200;

/** Counting looks at thousands of calls: not for every call that comes in. */
const countPauseMs = 2_000;

const empty: CallsState = {
  text: "",
  outcome: null,
  span: null,
  status: "idle",
  lines: [],
  next: null,
  isLoadingMore: false,
  fault: null,
  fresh: [],
  selected: null,
  scrollTop: 0,
  tookMs: null,
  counts: null,
  weeks: null,
};

export function createCallsStore(bridge: Bridge, now: () => number): CallsStore {
  const store = createStore<CallsState>(() => empty);
  const { getState, setState } = store;
  /** Answers of an older question are dropped. */
  let question = 0;
  let isAsking = false;
  let isStale = false;

  const ask = (before: number | null, limit: number) => {
    const { text, outcome, span } = getState();
    return bridge.call("calls:list", { text, outcome, before, limit, span: toBounds(span) });
  };
  const counter = createCounter(async () => {
    const { text, span } = getState();
    const answer = await bridge.call("calls:count", { text, span: toBounds(span) });
    const isAsked = getState().text === text && getState().span === span;
    if (answer.ok && isAsked) setState({ counts: answer.value });
  }, now);

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
      const isOther = change.text !== undefined || change.span !== undefined;
      setState({ ...change, selected: null, scrollTop: 0, ...(isOther ? { counts: null } : {}) });
      void load();
      if (isOther) counter.ask(true);
    },
    count: () => counter.ask(false),
    async pullWeeks() {
      const answer = await bridge.call("calls:weeks", {});
      if (answer.ok) setState({ weeks: answer.value.weeks });
    },
    load,
    loadMore,
    refresh,
    showFresh: () => setState((state) => ({ lines: [...state.fresh, ...state.lines], fresh: [], scrollTop: 0 })),
    select: (selected: number | null) => setState({ selected }),
    rememberScroll: (scrollTop: number) => setState({ scrollTop }),
  });
}

const toBounds = (span: CallSpan | null): Readonly<{ from: number; to: number }> | null =>
  span === null ? null : { from: span.from, to: span.to };

/** One count at a time, and a pause after each; what changed meanwhile is counted next. `isUrgent`: it is about something else now. */
function createCounter(count: () => Promise<void>, now: () => number): Readonly<{ ask(isUrgent: boolean): void }> {
  let isCounting = false;
  /** How long after this count the next one is wanted, ms; null: not at all. */
  let next: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let soonest = 0;

  async function run(): Promise<void> {
    timer = undefined;
    isCounting = true;
    next = null;
    await count();
    isCounting = false;
    soonest = now() + countPauseMs;
    if (next !== null) schedule(next);
  }
  function schedule(inMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), inMs);
  }
  return {
    ask(isUrgent) {
      if (isCounting) next = isUrgent ? 0 : (next ?? countPauseMs);
      else if (isUrgent) schedule(0);
      else if (timer === undefined) schedule(Math.max(0, soonest - now()));
    },
  };
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
