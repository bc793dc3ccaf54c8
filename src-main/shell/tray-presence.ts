import type { EngineState } from "../../src-shared/ipc/window-views.ts";
import { followTopic } from "./topics/follow-topic.ts";
import type { TopicHub } from "./topics/topic-hub.ts";
import type { AppTray } from "./tray.ts";
import { toTrayView, type TrayFacts } from "./tray-menu.ts";

/** Keeps the tray's words and shape at what the topics say; at most twice a second. */
export function showInTray(
  parts: Readonly<{
    hub: TopicHub;
    tray: AppTray;
    engine: EngineState;
    startAtLogin: () => boolean;
    pausedUntil: () => number | null;
    now: () => number;
    after: (ms: number, work: () => void) => () => void;
  }>,
): Readonly<{ refresh(): void; end(): void }> {
  let facts: Omit<TrayFacts, "startAtLogin" | "pausedUntil" | "now"> = {
    engine: parts.engine,
    today: undefined,
    connections: [],
    attention: [],
    imports: [],
  };
  let isTimed = false;
  let shown = "";
  const refresh = () => {
    if (isTimed) return;
    isTimed = true;
    parts.after(500, () => {
      isTimed = false;
      const view = toTrayView({
        ...facts,
        startAtLogin: parts.startAtLogin(),
        pausedUntil: parts.pausedUntil(),
        now: parts.now(),
      });
      const text = JSON.stringify(view);
      // On some desktops a new menu closes the one that a person has open: only what changed is set.
      if (text === shown) return;
      shown = text;
      parts.tray.show(view);
    });
  };
  const put = (change: Partial<typeof facts>) => {
    facts = { ...facts, ...change };
    refresh();
  };
  const { hub } = parts;
  const following = [
    followTopic(hub, "engine", ({ now }) => now !== undefined && put({ engine: now })),
    followTopic(hub, "today", ({ now }) => put({ today: now })),
    followTopic(hub, "connections", (all) => put({ connections: Object.values(all) })),
    followTopic(hub, "attention", (all) => put({ attention: Object.values(all) })),
    followTopic(hub, "imports", (all) => put({ imports: Object.values(all) })),
  ];
  refresh();
  return {
    refresh,
    end() {
      for (const each of following) each.end();
    },
  };
}
