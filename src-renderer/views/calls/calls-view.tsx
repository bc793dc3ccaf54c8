import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { callOutcomes } from "../../../src-shared/domain/outcome-order.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { KeyHint } from "../../ui/key-hint.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";
import { CallGrid } from "./call-grid.tsx";
import { CallSearch } from "./call-search.tsx";

/** Where is my call? */
export function CallsView() {
  const { calls, ledger } = useApp();
  const activity = useStore(ledger, (state) => state.activity);
  const isRunning = useStore(ledger, ({ engine }) => engine?.phase === "running");
  useEffect(() => {
    if (calls.getState().status === "idle") void calls.load();
  }, [calls]);
  useEffect(() => {
    if (isRunning) void calls.refresh();
  }, [calls, activity, isRunning]);
  return (
    <>
      <header className="bar">
        <h1>{say("calls.title")}</h1>
      </header>
      <CallSearch />
      <Facets />
      <CallList />
      <StatusBar />
    </>
  );
}

function Facets() {
  const { calls } = useApp();
  const chosen = useStore(calls, (state) => state.outcome);
  return (
    <div className="facets" role="group" aria-label={say("calls.states")}>
      <button
        type="button"
        className={chosen === null ? "facet on" : "facet"}
        aria-pressed={chosen === null}
        onClick={() => calls.filter({ outcome: null })}
      >
        <b>{say("calls.all")}</b>
      </button>
      {callOutcomes.map((outcome) => (
        <button
          key={outcome}
          type="button"
          className={chosen === outcome ? "facet on" : "facet"}
          aria-pressed={chosen === outcome}
          onClick={() => calls.filter({ outcome: chosen === outcome ? null : outcome })}
        >
          <StateMark state={outcome} />
          <b>{say(stateWords[outcome])}</b>
        </button>
      ))}
    </div>
  );
}

function CallList() {
  const { calls } = useApp();
  const status = useStore(calls, (state) => state.status);
  const isEmpty = useStore(calls, (state) => state.lines.length === 0);
  const fault = useStore(calls, (state) => state.fault);
  if (status === "failed")
    return (
      <Empty title={say("calls.failed")} text={fault?.message ?? ""}>
        <Button look="primary" onPress={() => void calls.load()}>
          {say("calls.retry")}
        </Button>
      </Empty>
    );
  if (isEmpty && status === "ready") return <NoMatch />;
  if (isEmpty)
    return (
      <div className="scroll">
        <Skeleton lines={9} />
      </div>
    );
  return <CallGrid />;
}

/** An empty list names the filter that emptied it, and offers to drop it. */
function NoMatch() {
  const { calls } = useApp();
  const { text, outcome, next, isLoadingMore } = useStore(calls);
  if (text === "" && outcome === null) return <Empty title={say("calls.none")} text={say("calls.noneText")} />;
  const filter = text === "" ? "state" : outcome === null ? "text" : "both";
  const state = outcome === null ? "" : say(stateWords[outcome]);
  const key = next === null ? "calls.noMatchText" : "calls.noMatchMore";
  return (
    <Empty title={say("calls.noMatch")} text={say(key, { filter, state, text })}>
      {next === null ? null : (
        <Button look="primary" disabled={isLoadingMore} onPress={() => void calls.loadMore()}>
          {say("calls.more")}
        </Button>
      )}
      {text === "" ? null : <Button onPress={() => calls.filter({ text: "" })}>{say("calls.dropText")}</Button>}
      {outcome === null ? null : (
        <Button onPress={() => calls.filter({ outcome: null })}>{say("calls.dropState")}</Button>
      )}
    </Empty>
  );
}

function StatusBar() {
  const { calls } = useApp();
  const count = useStore(calls, (state) => state.lines.length);
  const hasMore = useStore(calls, (state) => state.next !== null);
  const tookMs = useStore(calls, (state) => state.tookMs);
  const isLooking = useStore(calls, (state) => state.status === "loading" || state.isLoadingMore);
  return (
    <footer className="statusbar">
      <span role="status">
        {isLooking ? say("calls.loading") : say(hasMore ? "calls.loadedMore" : "calls.loaded", { count })}
        {isLooking || tookMs === null ? "" : ` ${say("calls.took", { ms: tookMs })}`}
      </span>
      <span className="push hints">
        <KeyHint keys={["↑", "↓"]}>{say("calls.move")}</KeyHint>
        <KeyHint keys={["Enter"]}>{say("calls.open")}</KeyHint>
        <KeyHint keys={["C"]}>{say("calls.copy")}</KeyHint>
        <KeyHint keys={["/"]}>{say("calls.find")}</KeyHint>
        <KeyHint keys={["?"]}>{say("keys.title")}</KeyHint>
      </span>
    </footer>
  );
}
