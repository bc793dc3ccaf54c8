import { useApp } from "../../app.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { LoadFault } from "../../ui/load-fault.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";
import { SettingRow } from "./setting-row.tsx";

/** Which CallLedger this is, and what it runs on. */
export function AboutSettings() {
  const { formats } = useApp();
  const { value, fault, pull } = useAnswer("shell:info", {});
  if (value === null)
    return fault === null ? <Skeleton lines={4} /> : <LoadFault fault={fault} onRetry={() => void pull()} />;
  const { version, electron, platform, engineHost, dataDir } = value;
  const facts = [
    [say("settings.version"), version],
    [say("settings.runsOn"), say("settings.runsOnText", { electron, platform })],
    [say("settings.agent"), say("settings.agentText", { host: engineHost })],
    [say("settings.folder"), dataDir],
    [say("settings.zone"), formats.timeZone],
    [say("settings.licence"), "MIT"],
  ] as const;
  return (
    <section>
      <h2>CallLedger</h2>
      {facts.map(([name, fact]) => (
        <SettingRow key={name} title={name} text={fact}>
          {() => null}
        </SettingRow>
      ))}
    </section>
  );
}
