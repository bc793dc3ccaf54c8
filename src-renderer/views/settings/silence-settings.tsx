import { useApp } from "../../app.ts";
import type { SilenceView } from "../../../src-shared/ipc/silence-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { SettingRow, SwitchRow } from "./setting-row.tsx";

type Change = Partial<Pick<SilenceView["settings"], "isOn" | "least">>;
const leasts = [5, 10, 20, 50, 100];

/** Which call logs are listened to, so that one that falls silent is told of. */
export function SilenceSettings() {
  const { bridge, notices } = useApp();
  const { value, fault, pull } = useAnswer("silence:list", {});
  if (value === null)
    return fault === null ? <Skeleton lines={4} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  const set = async ({ sourceId, settings }: SilenceView, change: Change, isUndo = false): Promise<void> => {
    const answer = await bridge.call("silence:set", { id: sourceId, settings: change });
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    await pull();
    const { isOn, least } = settings;
    notices.show(
      say(isUndo ? "settings.undone" : "settings.changed"),
      isUndo ? undefined : () => void set(answer.value, { isOn, least }, true),
    );
  };
  return (
    <section>
      <h2>{say("settings.silence")}</h2>
      {value.sources.length === 0 ? <p className="none dim">{say("settings.noSources")}</p> : null}
      {value.sources.map((source) => (
        <Source key={source.sourceId} source={source} onChange={(change) => void set(source, change)} />
      ))}
    </section>
  );
}

type SourceProps = Readonly<{ source: SilenceView; onChange: (change: Change) => void }>;

function Source({ source: { path, settings, lastAt, raised }, onChange }: SourceProps) {
  const { formats, now } = useApp();
  const last = lastAt === null ? "none" : formats.when(lastAt, now());
  return (
    <>
      <SwitchRow
        title={path}
        text={
          raised === null
            ? say("settings.listens", { last })
            : say("settings.isSilent", { time: formats.when(raised.since, now()), expected: raised.expected })
        }
        isOn={settings.isOn}
        onChange={(isOn) => onChange({ isOn })}
      />
      {settings.isOn ? (
        <SettingRow title={say("settings.least", { path })} text={say("settings.leastText")}>
          {({ label, describedBy }) => (
            <select
              className="field"
              aria-label={label}
              aria-describedby={describedBy}
              value={settings.least}
              onChange={(event) => onChange({ least: Number(event.currentTarget.value) })}
            >
              {[...new Set([...leasts, settings.least])]
                .toSorted((a, b) => a - b)
                .map((count) => (
                  <option key={count} value={count}>
                    {say("attention.calls", { count })}
                  </option>
                ))}
            </select>
          )}
        </SettingRow>
      ) : null}
    </>
  );
}
