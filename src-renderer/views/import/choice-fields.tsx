import { useMemo } from "react";
import type { ReadingChoice } from "../../state/reading-store.ts";
import { FormRow } from "../../ui/form-row.tsx";
import { say } from "../../words/say.ts";
import { listCountries } from "./countries.ts";

type ChoiceFieldsProps = Readonly<{
  choice: ReadingChoice;
  tenants: readonly string[];
  canWatch: boolean;
  onChange: (choice: ReadingChoice) => void;
}>;

/** How to read the files: whose they are, and what their numbers and times leave out. */
export function ChoiceFields({ choice, tenants, canWatch, onChange }: ChoiceFieldsProps) {
  const countries = useMemo(listCountries, []);
  const zones = useMemo(
    () => [...new Set([choice.timeZone, ...Intl.supportedValuesOf("timeZone")])],
    [choice.timeZone],
  );
  return (
    <div className="form-grid">
      {tenants.length < 2 ? null : (
        <FormRow label={say("import.company")} text={say("import.companyText")}>
          {({ id, describedBy }) => (
            <select
              id={id}
              aria-describedby={describedBy}
              value={choice.tenant}
              onChange={(event) => onChange({ ...choice, tenant: event.currentTarget.value })}
            >
              {tenants.map((tenant) => (
                <option key={tenant}>{tenant}</option>
              ))}
            </select>
          )}
        </FormRow>
      )}
      <FormRow label={say("import.country")} text={say("import.countryText")}>
        {({ id, describedBy }) => (
          <select
            id={id}
            aria-describedby={describedBy}
            value={choice.region}
            onChange={(event) => onChange({ ...choice, region: event.currentTarget.value })}
          >
            <option value="">–</option>
            {countries.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      <FormRow label={say("import.zone")} text={say("import.zoneText")}>
        {({ id, describedBy }) => (
          <select
            id={id}
            aria-describedby={describedBy}
            value={choice.timeZone}
            onChange={(event) => onChange({ ...choice, timeZone: event.currentTarget.value })}
          >
            {zones.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        )}
      </FormRow>
      <FormRow label={say("import.system")} text={say("import.systemText")}>
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            value={choice.system}
            maxLength={100}
            onChange={(event) => onChange({ ...choice, system: event.currentTarget.value })}
          />
        )}
      </FormRow>
      {canWatch ? (
        <label className="check-row">
          <input
            type="checkbox"
            checked={choice.watch}
            onChange={(event) => onChange({ ...choice, watch: event.currentTarget.checked })}
          />
          <span>
            {say("import.watch")}
            <span className="small dim">{say("import.watchText")}</span>
          </span>
        </label>
      ) : null}
    </div>
  );
}
