import { useApp } from "../../app.ts";
import type { RetentionView } from "../../../src-shared/ipc/retention-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";
import { SettingRow } from "./setting-row.tsx";

type Settings = RetentionView["settings"];
type Name = keyof Settings;

const choices: Readonly<Record<Name, Readonly<{ title: MessageKey; text: MessageKey; values: readonly number[] }>>> = {
  auditDays: { title: "keep.audit", text: "keep.auditText", values: [90, 396, 1_096, 3_653] },
  detailDays: { title: "keep.detail", text: "keep.detailText", values: [30, 90, 396] },
  backups: { title: "keep.backups", text: "keep.backupsText", values: [3, 7, 14, 30] },
};
const names: readonly Name[] = ["auditDays", "detailDays", "backups"];

/** What is kept how long; calls and what became of them stay for good. */
export function RetentionSettings() {
  const { bridge, formats, notices } = useApp();
  const { value, fault, pull, put } = useAnswer("retention:show", {});
  if (value === null)
    return fault === null ? <Skeleton lines={4} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  const set = async (change: Partial<Settings>, before: Settings | null): Promise<void> => {
    const answer = await bridge.call("retention:set", change);
    if (!answer.ok) {
      notices.show(answer.fault.message);
      return;
    }
    put(answer.value);
    if (before === null) notices.show(say("settings.undone"));
    else notices.show(say("settings.changed"), () => void set(before, null));
  };
  const { settings, bytes } = value;
  return (
    <section>
      <h2>{say("keep.title")}</h2>
      {names.map((name) => (
        <Row
          key={name}
          name={name}
          value={settings[name]}
          onChange={(chosen) => void set({ [name]: chosen }, settings)}
        />
      ))}
      <p className="small dim after">{say("keep.size", { size: formats.size(bytes) })}</p>
    </section>
  );
}

type RowProps = Readonly<{ name: Name; value: number | null; onChange: (value: number | null) => void }>;

function Row({ name, value, onChange }: RowProps) {
  const { title, text, values } = choices[name];
  const all = [...new Set([...values, ...(value === null ? [] : [value])])].toSorted((a, b) => a - b);
  return (
    <SettingRow title={say(title)} text={say(text)}>
      {({ label, describedBy }) => (
        <select
          className="field"
          aria-label={label}
          aria-describedby={describedBy}
          value={value ?? ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : Number(currentTarget.value))}
        >
          {all.map((each) => (
            <option key={each} value={each}>
              {say(name === "backups" ? "keep.copies" : "keep.days", { count: each })}
            </option>
          ))}
          {name === "backups" ? null : <option value="">{say("keep.forGood")}</option>}
        </select>
      )}
    </SettingRow>
  );
}
