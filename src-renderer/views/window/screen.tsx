import { lazy, Suspense, useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { type Route, toHash } from "../../state/route.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { OverviewView } from "../overview/overview-view.tsx";
import { focusTitle } from "./window-keys.ts";

/** Screens other than the first are loaded when somebody goes there, or is about to. */
const loads = {
  calls: () => import("../calls/calls-view.tsx"),
  call: () => import("../call/call-view.tsx"),
  attention: () => import("../attention/attention-view.tsx"),
  sources: () => import("../sources/sources-view.tsx"),
  connections: () => import("../connections/connections-view.tsx"),
  ownership: () => import("../ownership/ownership-view.tsx"),
  matching: () => import("../matching/matching-view.tsx"),
  settings: () => import("../settings/settings-view.tsx"),
} as const;

const CallsView = lazy(() => loads.calls().then((module) => ({ default: module.CallsView })));
const CallView = lazy(() => loads.call().then((module) => ({ default: module.CallView })));
const AttentionView = lazy(() => loads.attention().then((module) => ({ default: module.AttentionView })));
const SourcesView = lazy(() => loads.sources().then((module) => ({ default: module.SourcesView })));
const ConnectionsView = lazy(() => loads.connections().then((module) => ({ default: module.ConnectionsView })));
const OwnershipView = lazy(() => loads.ownership().then((module) => ({ default: module.OwnershipView })));
const MatchingView = lazy(() => loads.matching().then((module) => ({ default: module.MatchingView })));
const SettingsView = lazy(() => loads.settings().then((module) => ({ default: module.SettingsView })));

/** Loads a screen ahead: the pointer or the keyboard is on the way to it. */
export function preloadScreen(view: Route["view"]): void {
  if (view !== "overview" && view !== "setup") void loads[view]();
}

/** The screen of the place where the window is. `opening`: the place where it opened. */
export function Screen({ opening }: Readonly<{ opening: Route }>) {
  const { route: routes } = useApp();
  const route = useStore(routes, (state) => state.route);
  const stay = toStay(route);
  const loading = (
    <div className="scroll padded">
      <Skeleton lines={6} />
    </div>
  );
  return (
    <Suspense fallback={loading}>
      {toScreen(route)}
      {/* The window opens without taking the keyboard anywhere. */}
      {route === opening ? null : <Arrival key={stay} />}
    </Suspense>
  );
}

/** A stay at a place: going through a list beside its detail is one stay. */
const toStay = (route: Route): string =>
  "id" in route || "section" in route || route.view === "attention" ? route.view : toHash(route);

/** Appears with a screen, once that is loaded: the keyboard goes to its title. */
function Arrival() {
  useEffect(focusTitle, []);
  return null;
}

function toScreen(route: Route) {
  switch (route.view) {
    case "overview":
      return <OverviewView />;
    // The set-up stands in the place of the whole window.
    case "setup":
      return null;
    case "calls":
      return <CallsView />;
    case "call":
      return <CallView key={`${route.tenant ?? ""}/${route.callId}`} callId={route.callId} tenant={route.tenant} />;
    case "attention":
      return <AttentionView group={route.group} />;
    case "sources":
      return <SourcesView />;
    case "connections":
      return <ConnectionsView id={route.id} />;
    case "ownership":
      return <OwnershipView id={route.id} />;
    case "matching":
      return <MatchingView />;
    case "settings":
      return <SettingsView section={route.section} />;
  }
}
