import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import type { TopicName } from "../../src-shared/ipc/topics.ts";
import type { EngineState } from "../../src-shared/ipc/window-views.ts";

/** Turns what the engine says into topics that may have changed. */
export type LedgerWatch = Readonly<{
  onState(state: EngineState): void;
  onEvent(event: EngineEvent): void;
  activity(): Readonly<{ version: number; at: number }>;
  /** Tells of what the engine says that people should hear of. */
  tell(listener: (event: EngineEvent) => void): void;
}>;

const ofLedger = [
  "connections",
  "totals",
  "attention",
  "silences",
  "today",
  "activity",
] as const satisfies readonly TopicName[];

export function createLedgerWatch(
  parts: Readonly<{ now: () => number; touch: (...names: readonly TopicName[]) => void; log: (line: string) => void }>,
): LedgerWatch {
  let activity = { version: 0, at: parts.now() };
  const listeners: ((event: EngineEvent) => void)[] = [];
  const changed = () => {
    activity = { version: activity.version + 1, at: parts.now() };
    parts.touch(...ofLedger);
  };
  return {
    activity: () => activity,
    tell: (listener) => void listeners.push(listener),
    onState({ phase }) {
      parts.touch("engine");
      if (phase === "running") changed();
    },
    onEvent(event) {
      for (const listener of listeners) listener(event);
      switch (event.event) {
        case "source:trouble":
          parts.log(`Source ${event.sourceId}: ${event.message}`);
          break;
        case "schedule:trouble":
          parts.log(`${event.task}: ${event.message}`);
          break;
        default:
          break;
      }
      changed();
    },
  };
}
