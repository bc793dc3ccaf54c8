import { useState } from "react";
import { useApp } from "../../app.ts";
import type { AlertChannel } from "../../../src-shared/domain/alert.ts";
import type { AlertsView } from "../../../src-shared/ipc/alert-views.ts";
import { type Asked, useAnswer } from "../../bridge/use-answer.ts";
import { Button } from "../../ui/button.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { CommandToCopy } from "./command-to-copy.tsx";
import { toClock } from "./minute-of-day.ts";
import { SettingRow } from "./setting-row.tsx";

type Settings = AlertsView["settings"];
type Change = Partial<Pick<Settings, "afterMinutes" | "perHour" | "digestAt">>;

const commands: Readonly<Record<AlertChannel, string>> = {
  email: "callledger alerts set email --host mail.example.com --user it --from it@example.com --to it@example.com",
  webhook: "callledger alerts set webhook --url https://hooks.example.com/callledger",
};
const delays = [0, 5, 15, 30, 60, 240];
const rates = [1, 3, 6, 12, 60];
const digestTimes = [420, 450, 480, 540, 1_020, 1_080];

/** How people who do not sit at this PC are told: by e-mail and by a webhook. */
export function AlertSettings() {
  const alerts = useAnswer("alerts:show", {});
  const { value, fault, pull } = alerts;
  if (value === null)
    return fault === null ? <Skeleton lines={6} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  return (
    <>
      <section>
        <h2>{say("settings.tellOthers")}</h2>
        <Channel channel="email" alerts={alerts} settings={value.settings} />
        <Channel channel="webhook" alerts={alerts} settings={value.settings} />
        <TestRow hasChannel={value.settings.email !== null || value.settings.webhook !== null} />
      </section>
      <Times alerts={alerts} settings={value.settings} />
      <Sent messages={value.messages} />
    </>
  );
}

type Part = Readonly<{ alerts: Asked<"alerts:show">; settings: Settings }>;

function Channel({ channel, alerts, settings }: Part & Readonly<{ channel: AlertChannel }>) {
  const { bridge, formats, notices } = useApp();
  const [problem, setProblem] = useState<string | null>(null);
  const { email, webhook } = settings;
  const about =
    channel === "email"
      ? email && say("settings.emailTo", { people: formats.list(email.to), host: email.host })
      : webhook && say("settings.webhookTo", { url: webhook.url });
  const remove = async (): Promise<void> => {
    const answer = await bridge.call("alerts:remove", { channel });
    if (!answer.ok) {
      setProblem(answer.fault.message);
      return;
    }
    alerts.put(answer.value);
    notices.show(say("settings.channelRemoved", { channel }));
  };
  return (
    <>
      <SettingRow
        title={say("settings.channel", { channel })}
        text={problem ?? about ?? say("settings.channelNone", { channel })}
      >
        {() =>
          about === null ? (
            <CommandToCopy command={commands[channel]} label={say("settings.copyChannel", { channel })} />
          ) : (
            <Button
              look="quiet"
              className="danger"
              label={say("settings.removeChannelOf", { channel })}
              onPress={() => void remove()}
            >
              {say("settings.removeChannel")}
            </Button>
          )
        }
      </SettingRow>
    </>
  );
}

function TestRow({ hasChannel }: Readonly<{ hasChannel: boolean }>) {
  const { bridge } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const test = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call("alerts:test", {});
    setBusy(false);
    if (!answer.ok) setSaid(answer.fault.message);
    else
      setSaid(
        answer.value.results
          .map(({ channel, problem }) =>
            problem === null
              ? say("settings.alertWent", { channel })
              : say("settings.alertFailed", { channel, problem }),
          )
          .join(" "),
      );
  };
  return (
    <SettingRow title={say("settings.alertTest")} text={said ?? say("settings.alertTestText")}>
      {() => (
        <Button disabled={isBusy || !hasChannel} onPress={() => void test()}>
          {say("settings.alertTestButton")}
        </Button>
      )}
    </SettingRow>
  );
}

function Times({ alerts, settings }: Part) {
  const { bridge, notices } = useApp();
  const { afterMinutes, perHour, digestAt } = settings;
  const set = async (change: Change, isUndo = false): Promise<void> => {
    const answer = await bridge.call("alerts:set", change);
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    alerts.put(answer.value);
    notices.show(
      say(isUndo ? "settings.undone" : "settings.changed"),
      isUndo ? undefined : () => void set({ afterMinutes, perHour, digestAt }, true),
    );
  };
  const among = (values: readonly number[], value: number): readonly number[] =>
    [...new Set([...values, value])].toSorted((a, b) => a - b);
  return (
    <section>
      <h2>{say("settings.alertTimes")}</h2>
      <SettingRow title={say("settings.after")} text={say("settings.afterText")}>
        {({ label, describedBy }) => (
          <select
            className="field"
            aria-label={label}
            aria-describedby={describedBy}
            value={afterMinutes}
            onChange={(event) => void set({ afterMinutes: Number(event.currentTarget.value) })}
          >
            {among(delays, afterMinutes).map((minutes) => (
              <option key={minutes} value={minutes}>
                {say("settings.minutes", { minutes })}
              </option>
            ))}
          </select>
        )}
      </SettingRow>
      <SettingRow title={say("settings.perHour")} text={say("settings.perHourText")}>
        {({ label, describedBy }) => (
          <select
            className="field"
            aria-label={label}
            aria-describedby={describedBy}
            value={perHour}
            onChange={(event) => void set({ perHour: Number(event.currentTarget.value) })}
          >
            {among(rates, perHour).map((count) => (
              <option key={count} value={count}>
                {say("settings.messages", { count })}
              </option>
            ))}
          </select>
        )}
      </SettingRow>
      <SettingRow title={say("settings.digest")} text={say("settings.digestText")}>
        {({ label, describedBy }) => (
          <select
            className="field"
            aria-label={label}
            aria-describedby={describedBy}
            value={digestAt ?? ""}
            onChange={({ currentTarget: { value } }) => void set({ digestAt: value === "" ? null : Number(value) })}
          >
            <option value="">{say("settings.digestNone")}</option>
            {among(digestTimes, digestAt ?? 480).map((minute) => (
              <option key={minute} value={minute}>
                {say("settings.digestAt", { time: toClock(minute) })}
              </option>
            ))}
          </select>
        )}
      </SettingRow>
    </section>
  );
}

/** The last messages, and what became of each. */
function Sent({ messages }: Pick<AlertsView, "messages">) {
  const { formats, now } = useApp();
  if (messages.length === 0) return null;
  return (
    <section>
      <h2>{say("settings.sent")}</h2>
      <ul className="rows">
        {messages.slice(0, 5).map(({ id, subject, madeAt, sentAt, dueAt, problem }) => (
          <li key={id}>
            <span>{subject}</span>
            <span className="small dim push">
              {sentAt !== null
                ? say("settings.sentAt", { time: formats.when(sentAt, now()) })
                : dueAt !== null
                  ? say("settings.sentDue", { time: formats.when(dueAt, now()), problem: problem ?? "none" })
                  : say("settings.sentNot", { time: formats.when(madeAt, now()), problem: problem ?? "none" })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
