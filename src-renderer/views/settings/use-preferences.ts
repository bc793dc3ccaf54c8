import { useApp } from "../../app.ts";
import type { ShellPreferences } from "../../../src-shared/ipc/window-views.ts";
import { type Asked, useAnswer } from "../../bridge/use-answer.ts";
import { say } from "../../words/say.ts";

type Change = Partial<ShellPreferences>;
export type Preferences = Pick<Asked<"shell:preferences">, "value" | "fault" | "pull"> &
  Readonly<{
    /** Counts at once; for ten seconds it can be taken back. */
    set(change: Change): Promise<void>;
  }>;

/** What a person set about the app itself. */
export function usePreferences(): Preferences {
  const { bridge, notices } = useApp();
  const { value, fault, pull, put } = useAnswer("shell:preferences", {});

  async function apply(change: Change, isUndo: boolean): Promise<void> {
    const before = value;
    const answer = await bridge.call("shell:setPreferences", change);
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    put(answer.value);
    if (before === null) return;
    notices.show(
      say(isUndo ? "settings.undone" : "settings.changed"),
      isUndo ? undefined : () => void apply(before, true),
    );
  }

  return { value, fault, pull, set: (change) => apply(change, false) };
}
