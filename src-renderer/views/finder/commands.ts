import {
  FolderInput,
  FolderPlus,
  GitMerge,
  Inbox,
  LayoutDashboard,
  type LucideIcon,
  Pause,
  Phone,
  Play,
  Plug,
  Settings,
  Table2,
  Upload,
} from "lucide-react";
import type { App } from "../../app.ts";
import type { Route } from "../../state/route.ts";
import { say } from "../../words/say.ts";
import { switchSending } from "../window/agent-pulse.tsx";

/** Something that can be done from anywhere. */
export type Command = Readonly<{
  id: string;
  icon: LucideIcon;
  text: string;
  keys: readonly string[];
  run: () => void;
}>;

const places: readonly (readonly [Parameters<typeof say>[0], LucideIcon, Route, readonly string[]])[] = [
  ["nav.overview", LayoutDashboard, { view: "overview" }, ["Ctrl", "1"]],
  ["nav.calls", Phone, { view: "calls" }, ["Ctrl", "2"]],
  ["nav.attention", Inbox, { view: "attention", group: null }, ["Ctrl", "3"]],
  ["sources.title", FolderInput, { view: "sources" }, ["Ctrl", "4"]],
  ["overview.connections", Plug, { view: "connections", id: null }, ["Ctrl", "5"]],
  ["ownership.title", Table2, { view: "ownership", id: null }, ["Ctrl", "6"]],
  ["matching.title", GitMerge, { view: "matching" }, ["Ctrl", "7"]],
  ["settings.title", Settings, { view: "settings", section: null }, ["Ctrl", ","]],
];

/** Every command that makes sense now: what is done to the agent, then the places. */
export function listCommands(app: App): readonly Command[] {
  const { reading, route, ledger } = app;
  const accounts = ledger.getState().connections ?? [];
  const pause: Command = {
    id: "pause",
    icon: Pause,
    text: say("pause.pause"),
    keys: [],
    run: () => void switchSending(app, "pause"),
  };
  const resume: Command = {
    id: "resume",
    icon: Play,
    text: say("pause.resume"),
    keys: [],
    run: () => void switchSending(app, "resume"),
  };
  return [
    {
      id: "import",
      icon: Upload,
      text: say("overview.import"),
      keys: [],
      run: () => void reading.pick("files"),
    },
    { id: "watch", icon: FolderPlus, text: say("drop.folder"), keys: [], run: () => void reading.pick("folder") },
    ...(accounts.some(({ state }) => state === "active") ? [pause] : []),
    ...(accounts.some(({ state }) => state === "paused") ? [resume] : []),
    ...places.map(([key, icon, to, keys]) => ({
      id: key,
      icon,
      keys,
      text: say("finder.goTo", { place: say(key) }),
      run: () => route.go(to),
    })),
  ];
}

/** Commands whose words hold every word that was typed. */
export function findCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return commands.filter((command) => words.every((word) => command.text.toLowerCase().includes(word)));
}
