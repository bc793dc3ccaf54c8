import type { App } from "../../app.ts";
import type { Acknowledged } from "../../state/attention-store.ts";
import { say } from "../../words/say.ts";

/** Says what became of an acknowledgement, and offers to take it back. True when it was done. */
export function tellAcknowledged(
  { attention, notices }: Pick<App, "attention" | "notices">,
  done: Acknowledged,
): boolean {
  const { answer } = done;
  if (!answer.ok) {
    notices.show(answer.fault.message);
    return false;
  }
  const takeBack = async (): Promise<void> => {
    const back = await attention.takeBack(done);
    if (back === undefined) return;
    notices.show(back.ok ? say("attention.replayed", { count: back.value.replayed }) : back.fault.message);
  };
  notices.show(say("attention.acknowledged", { count: answer.value.acknowledged }), () => void takeBack());
  return true;
}
