import { useCallback, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toRoute } from "../../state/route.ts";
import { ErrorBoundary } from "../../ui/error-boundary.tsx";
import { Toast } from "../../ui/toast.tsx";
import { AttentionView } from "../attention/attention-view.tsx";
import { CallView } from "../call/call-view.tsx";
import { CallsView } from "../calls/calls-view.tsx";
import { DropTarget } from "../import/drop-target.tsx";
import { ImportSheet } from "../import/import-sheet.tsx";
import { OverviewView } from "../overview/overview-view.tsx";
import { AgentNews } from "./agent-news.tsx";
import { Rail } from "./rail.tsx";
import { TitleBar } from "./title-bar.tsx";
import { useWindowKeys } from "./window-keys.ts";

const reload = (): void => location.reload();

function Screen() {
  const { route: routes } = useApp();
  const route = useStore(routes, (state) => state.route);
  switch (route.view) {
    case "overview":
      return <OverviewView />;
    case "calls":
      return <CallsView />;
    case "call":
      return <CallView key={`${route.tenant ?? ""}/${route.callId}`} callId={route.callId} tenant={route.tenant} />;
    case "attention":
      return <AttentionView group={route.group} />;
  }
}

/** Focus goes to the title of a screen when a person goes there, not when the window opens. */
function useFocusOnArrival(): React.RefObject<HTMLElement | null> {
  const { route: routes } = useApp();
  const route = useStore(routes, (state) => state.route);
  const main = useRef<HTMLElement>(null);
  const last = useRef(route);
  useEffect(() => {
    const before = last.current;
    last.current = route;
    if (before === route || (before.view === route.view && route.view === "attention")) return;
    const title = main.current?.querySelector<HTMLElement>("h1");
    title?.setAttribute("tabindex", "-1");
    title?.focus();
  }, [route]);
  return main;
}

export function AppWindow() {
  const { bridge, notices, reading, route: routes } = useApp();
  const notice = useStore(notices, (state) => state.notice);
  const offer = useStore(reading, (state) => state.offer);
  const view = useStore(routes, (state) => state.route.view);
  const main = useFocusOnArrival();
  useWindowKeys();
  useEffect(() => bridge.onOpen((place) => routes.go(toRoute(place))), [bridge, routes]);
  useEffect(() => bridge.onDropped((paths) => reading.propose({ paths, isFolder: false })), [bridge, reading]);
  const endNotice = useCallback((id: number) => notices.dismiss(id), [notices]);
  return (
    <div className="app">
      <TitleBar />
      <Rail />
      <main className="main" ref={main}>
        <ErrorBoundary key={view} onReload={reload}>
          <Screen />
        </ErrorBoundary>
      </main>
      <AgentNews />
      <Toast notice={notice} onEnd={endNotice} />
      <DropTarget />
      {offer === null ? null : <ImportSheet offer={offer} />}
    </div>
  );
}
