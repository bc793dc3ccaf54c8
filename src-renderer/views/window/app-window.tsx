import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { toRoute } from "../../state/route.ts";
import { ErrorBoundary } from "../../ui/error-boundary.tsx";
import { Toast } from "../../ui/toast.tsx";
import { DropTarget } from "../import/drop-target.tsx";
import { AgentNews } from "./agent-news.tsx";
import { KeysSheet } from "./keys-sheet.tsx";
import { Rail } from "./rail.tsx";
import { Screen } from "./screen.tsx";
import { TitleBar } from "./title-bar.tsx";
import { focusTitle, useWindowKeys } from "./window-keys.ts";
import { say } from "../../words/say.ts";

const ImportSheet = lazy(() =>
  import("../import/import-sheet.tsx").then((module) => ({ default: module.ImportSheet })),
);
const Finder = lazy(() => import("../finder/finder.tsx").then((module) => ({ default: module.Finder })));
const FirstRun = lazy(() => import("../first-run/first-run.tsx").then((module) => ({ default: module.FirstRun })));
const reload = (): void => location.reload();

export function AppWindow() {
  const { bridge, notices, reading, route: routes } = useApp();
  const notice = useStore(notices, (state) => state.notice);
  const offer = useStore(reading, (state) => state.offer);
  const view = useStore(routes, (state) => state.route.view);
  const [opening] = useState(() => routes.getState().route);
  const [showsKeys, showKeys] = useState(false);
  const openKeys = useCallback(() => showKeys(true), []);
  const [showsFinder, showFinder] = useState(false);
  const openFinder = useCallback(() => showFinder(true), []);
  useWindowKeys({ onHelp: openKeys, onFind: openFinder });
  useEffect(() => bridge.onOpen((place) => routes.go(toRoute(place))), [bridge, routes]);
  useEffect(() => bridge.onDropped((paths) => reading.propose({ paths, isFolder: false })), [bridge, reading]);
  const endNotice = useCallback((id: number) => notices.dismiss(id), [notices]);
  return (
    <div className={view === "setup" ? "app first" : "app"}>
      <a
        className="skip"
        href="#work"
        onClick={(event) => {
          event.preventDefault();
          focusTitle();
        }}
      >
        {say("app.skip")}
      </a>
      <TitleBar onFind={view === "setup" ? null : openFinder} />
      {view === "setup" ? (
        <ErrorBoundary key={view} onReload={reload}>
          <Suspense>
            <FirstRun />
          </Suspense>
        </ErrorBoundary>
      ) : (
        <>
          <Rail onKeys={openKeys} />
          <main className="main" id="work">
            <ErrorBoundary key={view} onReload={reload}>
              <Screen opening={opening} />
            </ErrorBoundary>
          </main>
        </>
      )}
      <AgentNews />
      <Toast notice={notice} onEnd={endNotice} />
      <DropTarget />
      {offer === null ? null : (
        <Suspense>
          <ImportSheet offer={offer} />
        </Suspense>
      )}
      {showsFinder ? (
        <Suspense>
          <Finder onClose={() => showFinder(false)} />
        </Suspense>
      ) : null}
      {showsKeys ? <KeysSheet onClose={() => showKeys(false)} /> : null}
    </div>
  );
}
