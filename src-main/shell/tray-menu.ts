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
  /** When sending goes on by itself after a pause, or null. */
  pausedUntil: number | null;
  now: number;
}>;

export type TrayMark = "fine" | "working" | "needs-you" | "paused" | "not-working";

export type TrayAction =
  | Readonly<{ do: "open"; route: string }>
  | Readonly<{ do: "pause"; for: "hour" | "tomorrow" | "ever" }>
  | Readonly<{ do: "import" | "resume" | "toggle-login" | "quit" | "restart-engine" }>;

/** A line of the menu; without an action it only says something, or opens what lies below it. */
export type TrayLine =
  | Readonly<{ label: string; action?: TrayAction; checked?: boolean; below?: readonly TrayLine[] }>
  | "separator";
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
  acknowledged: number;
  failed: number;
  balanced: boolean;
}>;

/** Calls by where they stand over all their CRMs, so that the parts make up the sum. */
function toBalance({ calls, outcomes, balanced }: StatementView): Balance {
  const { delivered, queued, sending, checking, waiting, held, failed, skipped, acknowledged } = outcomes;
  return {
    calls,
    delivered,
    waiting: queued + sending + checking + waiting + held,
    failed,
    skipped,
    acknowledged,
    balanced,
  };
}

/** The tray in words and one of five shapes. */
export function toTrayView(facts: TrayFacts): TrayView {
  const needs = sum(Object.fromEntries(facts.attention.map(({ id, count }) => [id, count])));
  const blocked = facts.connections.filter(({ state }) => state === "blocked");
  const isPaused = facts.connections.length > 0 && facts.connections.every(({ state }) => state === "paused");
  const reading = facts.imports.filter(({ state }) => state === "running");
  const [job] = reading;
  const mark = toMark(facts.engine, { needs: needs + blocked.length, isPaused, isReading: reading.length > 0 });
  const first = toFirstLine(facts);
  return {
    mark,
    tooltip: `CallLedger: ${lowerFirst(toTooltip({ mark, first, needs, job, facts }))}`.slice(0, 127),
    lines: toLines(),
  };

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
      isPaused ? { label: "Resume sending", action: { do: "resume" } } : { label: "Pause sending", below: pauses },
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
  const { delivered, waiting, skipped, acknowledged, failed } = toBalance(today);
  const parts = [`${delivered} delivered`, `${waiting} waiting`, `${skipped} skipped`];
  const seldom = [
    ...(acknowledged > 0 ? [`${acknowledged} acknowledged`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return [{ label: [...parts, ...seldom].join(", ") }];
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
  for (const { crm, restUntil, state } of facts.connections)
    if (state === "active" && restUntil !== null && restUntil > facts.now)
      lines.push({ label: `${crmNames[crm]} is resting, next try ${toTime(restUntil)}` });
  return lines.length === 0 ? [] : [...lines, "separator"];
}

type TooltipAsk = Readonly<{
  mark: TrayMark;
  first: string;
  needs: number;
  job: ImportJob | undefined;
  facts: TrayFacts;
}>;

function toTooltip({ mark, first, needs, job, facts: { connections, pausedUntil } }: TooltipAsk): string {
  if (mark === "needs-you" && needs > 0) return counted(needs, "call needs you", "calls need you");
  if (mark === "working") return toReading(job);
  if (mark !== "paused") return first;
  const wait = connections.reduce((total, { deliveries }) => total + deliveries.queued + deliveries.waiting, 0);
  const until = pausedUntil === null ? "" : ` until ${toTime(pausedUntil)}`;
  return `Paused${until}. Calls are still read${wait === 0 ? "" : `, ${wait.toLocaleString("en")} wait`}`;
}

function toReading(job: ImportJob | undefined): string {
  const { file = "", bytes = 0, totalBytes = 0 } = job?.progress ?? {};
  const name = file.split(/[/\\]/).at(-1) ?? "";
  if (name === "") return "Reading files";
  return totalBytes === 0 ? `Reading ${name}` : `Reading ${name}, ${Math.floor((bytes / totalBytes) * 100)} %`;
}

const pauses: readonly TrayLine[] = [
  { label: "For 1 hour", action: { do: "pause", for: "hour" } },
  { label: "Until tomorrow 08:00", action: { do: "pause", for: "tomorrow" } },
  { label: "Until I resume", action: { do: "pause", for: "ever" } },
];

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const toTime = (at: number): string => clockFormat.format(at);

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
