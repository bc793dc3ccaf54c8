import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { SwitchRow } from "./setting-row.tsx";
import { usePreferences } from "./use-preferences.ts";

/** How the app starts and ends. */
export function GeneralSettings() {
  const { value, fault, pull, set } = usePreferences();
  return (
    <section>
      <h2>{say("settings.startAndEnd")}</h2>
      {fault === null ? null : <LoadFault fault={fault} onRetry={() => void pull()} />}
      {value === null ? (
        fault === null ? (
          <Skeleton lines={4} />
        ) : null
      ) : (
        <>
          <SwitchRow
            title={say("settings.login")}
            text={say("settings.loginText")}
            isOn={value.startAtLogin}
            onChange={(startAtLogin) => void set({ startAtLogin })}
          />
          <SwitchRow
            title={say("settings.tray")}
            text={say("settings.trayText")}
            isOn={value.closeToTray}
            onChange={(closeToTray) => void set({ closeToTray })}
          />
        </>
      )}
    </section>
  );
}
