import { createContext, type ReactNode, useContext, useId } from "react";
import { Toggle } from "../../ui/toggle.tsx";

/** What a person looks for among the settings, in small letters; empty: nothing. */
export const SettingQuery = createContext("");

type Ids = Readonly<{ label: string; describedBy: string }>;
type RowProps = Readonly<{ title: string; text: string }>;

const fits = (query: string, { title, text }: RowProps): boolean => `${title} ${text}`.toLowerCase().includes(query);

/** A setting: what it is, its effect in one line, and how it is changed. Not there while another one is looked for. */
export function SettingRow(props: RowProps & Readonly<{ children: (ids: Ids) => ReactNode }>) {
  const { title, text, children } = props;
  const id = useId();
  if (!fits(useContext(SettingQuery), props)) return null;
  const ids = { label: title, describedBy: `${id}-text` };
  return (
    <div className="set">
      <div>
        <p>{title}</p>
        <p id={ids.describedBy}>{text}</p>
      </div>
      {children(ids)}
    </div>
  );
}

type SwitchProps = RowProps & Readonly<{ isOn: boolean; disabled?: boolean; onChange: (isOn: boolean) => void }>;

/** A setting that is on or off: the whole row turns it. */
export function SwitchRow({ isOn, disabled = false, onChange, ...words }: SwitchProps) {
  const id = useId();
  if (!fits(useContext(SettingQuery), words)) return null;
  return (
    <label className="set">
      <span>
        <span className="line">{words.title}</span>
        <span id={`${id}-text`} className="line">
          {words.text}
        </span>
      </span>
      <Toggle isOn={isOn} disabled={disabled} label={words.title} describedBy={`${id}-text`} onChange={onChange} />
    </label>
  );
}
