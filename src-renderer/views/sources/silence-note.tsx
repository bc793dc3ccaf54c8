import { Bell } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { TopicItem } from "../../../src-shared/ipc/topics.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "../import/file-name.ts";
import { toSourceName } from "./source-words.ts";

/** A call log that gives no calls although it should: since when, what to look at, and the word that ends the alarm for today. */
export function SilenceNote({ silence }: Readonly<{ silence: TopicItem<"silences"> }>) {
  const { bridge, formats, ledger, notices, now } = useApp();
  const { sourceId, since, expected, path } = silence;
  const source = useStore(ledger, ({ sources }) => sources?.find(({ id }) => id === sourceId));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const name = source === undefined ? toFileName(path) : toSourceName(source);

  /** Each day without an alarm is kept: the list is asked for, since another window may have changed it. */
  async function setHoliday(isHoliday: boolean): Promise<void> {
    setBusy(true);
    setProblem(null);
    const listed = await bridge.call("silence:list", {});
    const known = listed.ok ? listed.value.sources.find((each) => each.sourceId === sourceId) : undefined;
    const day = formats.date(now());
    const others = (known?.settings.holidays ?? []).filter((each) => each !== day);
    const answer = listed.ok
      ? await bridge.call("silence:set", {
          id: sourceId,
          settings: { holidays: isHoliday ? [...others, day] : others },
        })
      : listed;
    setBusy(false);
    if (!answer.ok) setProblem(answer.fault.message);
    else if (isHoliday) notices.show(say("silence.quietDay", { name }), () => void setHoliday(false));
    else notices.show(say("settings.undone"));
  }

  const quiet = (
    <Button size="small" disabled={isBusy} onPress={() => void setHoliday(true)}>
      {say("silence.isQuietDay")}
    </Button>
  );
  return (
    <Note icon={Bell} tone="waiting" action={quiet}>
      <b>{say("silence.title", { name, time: formats.time(since) })}</b> {say("silence.text", { expected, path })}{" "}
      {problem}
    </Note>
  );
}
