import { Bell } from "lucide-react";
import { useState } from "react";
import { useApp } from "../../app.ts";
import type { NoticeKind, ShellPreferences } from "../../../src-shared/ipc/window-views.ts";
import { Button } from "../../ui/button.tsx";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";
import { toClock, toMinute } from "./minute-of-day.ts";
import { SettingRow, SwitchRow } from "./setting-row.tsx";
import { type Preferences, usePreferences } from "./use-preferences.ts";

const kinds: readonly Readonly<{ kind: NoticeKind; title: MessageKey; text: MessageKey }>[] = [
  { kind: "failing", title: "settings.failing", text: "settings.failingText" },
  { kind: "blocked", title: "settings.blocked", text: "settings.blockedText" },
  { kind: "silent", title: "settings.silent", text: "settings.silentText" },
  { kind: "healed", title: "settings.healed", text: "settings.healedText" },
];

/** Nine to six, where somebody begins to hold notifications. */
const usualHours = { from: 540, to: 1_080 };

/** What a person hears of by notifications of the system, and when. */
export function NoticeSettings() {
  const preferences = usePreferences();
  const { value, fault, pull } = preferences;
  if (value === null)
    return fault === null ? <Skeleton lines={6} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  return (
    <>
      <Kinds value={value} set={preferences.set} />
      <Hours value={value} set={preferences.set} />
    </>
  );
}

type PartProps = Readonly<{ value: ShellPreferences; set: Preferences["set"] }>;

function Kinds({ value: { notifications, mutedNotices }, set }: PartProps) {
  const mute = (kind: NoticeKind, isOn: boolean): void => {
    const others = mutedNotices.filter((each) => each !== kind);
    void set({ mutedNotices: isOn ? others : [...others, kind] });
  };
  return (
    <section>
      <h2>{say("settings.tell")}</h2>
      <SwitchRow
        title={say("settings.allNotices")}
        text={say("settings.allNoticesText")}
        isOn={notifications}
        onChange={(isOn) => void set({ notifications: isOn })}
      />
      {kinds.map(({ kind, title, text }) => (
        <SwitchRow
          key={kind}
          title={say(title)}
          text={say(text)}
          isOn={notifications && !mutedNotices.includes(kind)}
          disabled={!notifications}
          onChange={(isOn) => mute(kind, isOn)}
        />
      ))}
    </section>
  );
}

function Hours({ value: { officeHours, notifications }, set }: PartProps) {
  const { formats } = useApp();
  const change = (part: Partial<typeof usualHours>): void =>
    void set({ officeHours: { ...(officeHours ?? usualHours), ...part } });
  return (
    <section>
      <h2>{say("settings.quiet")}</h2>
      <SwitchRow
        title={say("settings.hold")}
        text={say("settings.holdText")}
        isOn={notifications && officeHours !== null}
        disabled={!notifications}
        onChange={(isOn) => void set({ officeHours: isOn ? usualHours : null })}
      />
      {officeHours === null ? null : (
        <SettingRow title={say("settings.hours")} text={say("settings.hoursText", { zone: formats.timeZone })}>
          {() => (
            <span className="btns">
              <ClockField
                label={say("settings.hoursFrom")}
                minute={officeHours.from}
                onChange={(from) => change({ from })}
              />
              <span className="dim">{say("settings.hoursTo")}</span>
              <ClockField
                label={say("settings.hoursUntil")}
                minute={officeHours.to}
                onChange={(to) => change({ to })}
              />
            </span>
          )}
        </SettingRow>
      )}
      <Trial />
    </section>
  );
}

type ClockProps = Readonly<{ label: string; minute: number; onChange: (minute: number) => void }>;

/** A time of day. It counts when the field is left: half a time is none. */
function ClockField({ label, minute, onChange }: ClockProps) {
  return (
    <span className="field f-time">
      <input
        key={minute}
        type="time"
        defaultValue={toClock(minute)}
        aria-label={label}
        onBlur={(event) => {
          const chosen = toMinute(event.currentTarget.value);
          if (chosen !== null && chosen !== minute) onChange(chosen);
        }}
      />
    </span>
  );
}

function Trial() {
  const { bridge } = useApp();
  const [said, setSaid] = useState<string | null>(null);
  const test = async (): Promise<void> => {
    const answer = await bridge.call("shell:testNotification", {});
    if (!answer.ok) setSaid(answer.fault.message);
    else setSaid(say(answer.value.shown ? "settings.tested" : "settings.testedNot"));
  };
  return (
    <SettingRow title={say("settings.test")} text={said ?? say("settings.testText")}>
      {() => (
        <Button onPress={() => void test()}>
          <Bell className="i" aria-hidden="true" />
          {say("settings.testButton")}
        </Button>
      )}
    </SettingRow>
  );
}
