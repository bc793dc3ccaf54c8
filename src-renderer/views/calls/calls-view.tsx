import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { KeyHint } from "../../ui/key-hint.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { stateWords } from "../../words/state-words.ts";
import { CallFacets } from "./call-facets.tsx";
import { CallGrid } from "./call-grid.tsx";
import { CallRail } from "./call-rail.tsx";
import { CallSearch } from "./call-search.tsx";
import { DayChoice } from "./day-choice.tsx";
import { toSpanText } from "./span-text.ts";

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
  useEffect(() => {
    if (isRunning) void calls.pullWeeks();
  }, [calls, isRunning]);
  return (
    <>
      <header className="bar">
        <h1>{say("calls.title")}</h1>
        <div className="push">
          <DayChoice />
        </div>
      </header>
      <CallSearch />
      <CallFacets />
      <div className="grid-wrap">
        <CallList />
        <CallRail />
      </div>
      <StatusBar />
    </>
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
  const { calls, formats, now } = useApp();
  const { text, outcome, span, next, isLoadingMore } = useStore(calls);
  if (text === "" && outcome === null && span === null)
    return <Empty title={say("calls.none")} text={say("calls.noneText")} />;
  const filter = outcome === null ? (text === "" ? "none" : "text") : text === "" ? "state" : "both";
  const state = outcome === null ? "" : say(stateWords[outcome]);
  const key = next === null ? "calls.noMatchText" : "calls.noMatchMore";
  const when = span === null ? "" : toSpanText(span, formats, now());
  return (
    <Empty title={say("calls.noMatch")} text={say(key, { filter, state, text, hasWhen: String(span !== null), when })}>
      {next === null ? null : (
        <Button look="primary" disabled={isLoadingMore} onPress={() => void calls.loadMore()}>
          {say("calls.more")}
        </Button>
      )}
      {text === "" ? null : <Button onPress={() => calls.filter({ text: "" })}>{say("calls.dropText")}</Button>}
      {outcome === null ? null : (
        <Button onPress={() => calls.filter({ outcome: null })}>{say("calls.dropState")}</Button>
      )}
      {span === null ? null : <Button onPress={() => calls.filter({ span: null })}>{say("calls.dropDay")}</Button>}
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
