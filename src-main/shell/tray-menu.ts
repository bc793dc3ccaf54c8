import type { StatementView } from "../../src-shared/ipc/report-views.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";
import type { EngineState, ImportJob } from "../../src-shared/ipc/window-views.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import { crmNames } from "../../src-shared/domain/crm-names.ts";

/** What the tray knows: the last of every topic, as far as it came. */
export type TrayFacts = Readonly<{
  engine: EngineState;
  today: StatementView | undefined;
  connections: readonly TopicItem<"connections">[];
  attention: readonly DeadGroupView[];
  imports: readonly ImportJob[];
  startAtLogin: boolean;
}>;

export type TrayMark = "fine" | "working" | "needs-you" | "paused" | "not-working";

export type TrayAction =
  | Readonly<{ do: "open"; route: string }>
  | Readonly<{ do: "import" | "pause" | "resume" | "toggle-login" | "quit" | "restart-engine" }>;

/** A line of the menu; without an action it only says something. */
export type TrayLine = Readonly<{ label: string; action?: TrayAction; checked?: boolean }> | "separator";
export type TrayView = Readonly<{ mark: TrayMark; tooltip: string; lines: readonly TrayLine[] }>;

const sum = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce((total: number, count) => total + (count ?? 0), 0);

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

type Balance = Readonly<{
  calls: number;
  delivered: number;
  waiting: number;
  skipped: number;
  failed: number;
  balanced: boolean;
}>;

function toBalance(today: StatementView): Balance {
  const states = today.byIntegration.map((each) => each.states);
  const add = (...names: readonly (keyof StatementView["byIntegration"][number]["states"])[]): number =>
    states.reduce((total, each) => total + names.reduce((part, name) => part + each[name], 0), 0);
  return {
    calls: today.calls,
    delivered: add("delivered", "acknowledged"),
    waiting: add("queued", "waiting", "sending", "uncertain"),
    failed: add("dead"),
    skipped: sum(today.excluded),
    balanced: today.balanced,
  };
}

/** The tray in words and one of five shapes. */
export function toTrayView(facts: TrayFacts): TrayView {
  const needs = sum(Object.fromEntries(facts.attention.map(({ id, count }) => [id, count])));
  const blocked = facts.connections.filter(({ state }) => state === "blocked");
  const isPaused = facts.connections.length > 0 && facts.connections.every(({ state }) => state === "paused");
  const reading = facts.imports.filter(({ state }) => state === "running");
  const mark = toMark(facts.engine, { needs: needs + blocked.length, isPaused, isReading: reading.length > 0 });
  const first = toFirstLine(facts);
  return { mark, tooltip: `CallLedger: ${lowerFirst(toTooltip(mark, first, needs))}`.slice(0, 127), lines: toLines() };

  function toLines(): readonly TrayLine[] {
    return [
      { label: first },
      ...toSecondLine(facts.today),
      "separator",
      ...toTrouble(facts, needs, blocked),
      { label: "Open CallLedger", action: { do: "open", route: "overview" } },
      { label: "Find a call…", action: { do: "open", route: "find" } },
      { label: "Import files…", action: { do: "import" } },
      "separator",
      isPaused
        ? { label: "Resume sending", action: { do: "resume" } }
        : { label: "Pause sending", action: { do: "pause" } },
      { label: "Start at login", checked: facts.startAtLogin, action: { do: "toggle-login" } },
      "separator",
      { label: "Quit and stop reading calls…", action: { do: "quit" } },
    ];
  }
}

function toMark(
  engine: EngineState,
  { needs, isPaused, isReading }: Readonly<{ needs: number; isPaused: boolean; isReading: boolean }>,
): TrayMark {
  if (engine.phase !== "running" && engine.phase !== "starting") return "not-working";
  if (needs > 0) return "needs-you";
  if (isPaused) return "paused";
  return isReading ? "working" : "fine";
}

function toFirstLine({ engine, today }: TrayFacts): string {
  if (engine.phase === "restarting") return "The agent stopped and is starting again";
  if (engine.phase === "held") return "Another CallLedger works on this data";
  if (engine.phase === "refused") return "The data folder cannot be used";
  if (today === undefined) return "The agent is starting";
  if (today.calls === 0) return "No calls yet today";
  const balance = toBalance(today);
  const calls = counted(balance.calls, "call", "calls");
  return balance.balanced ? `${calls} today, all accounted for` : `${calls} today, and the balance does not close yet`;
}

function toSecondLine(today: StatementView | undefined): readonly TrayLine[] {
  if (today === undefined || today.calls === 0) return [];
  const { delivered, waiting, skipped, failed } = toBalance(today);
  const parts = [`${delivered} delivered`, `${waiting} waiting`, `${skipped} skipped`];
  return [{ label: [...parts, ...(failed > 0 ? [`${failed} failed`] : [])].join(", ") }];
}

function toTrouble(facts: TrayFacts, needs: number, blocked: readonly TopicItem<"connections">[]): readonly TrayLine[] {
  const lines: TrayLine[] = [];
  if (facts.engine.phase === "refused") lines.push({ label: "Try again", action: { do: "restart-engine" } });
  if (needs > 0)
    lines.push({
      label: counted(needs, "call needs you", "calls need you"),
      action: { do: "open", route: "attention" },
    });
  for (const { crm } of blocked)
    lines.push({ label: `${crmNames[crm]} waits for you`, action: { do: "open", route: "connections" } });
  return lines.length === 0 ? [] : [...lines, "separator"];
}

function toTooltip(mark: TrayMark, first: string, needs: number): string {
  if (mark === "needs-you" && needs > 0) return counted(needs, "call needs you", "calls need you");
  if (mark === "paused") return "Paused. Calls are still read";
  return mark === "working" ? "Reading files" : first;
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
