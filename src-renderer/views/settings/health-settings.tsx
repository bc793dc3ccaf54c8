import { useState } from "react";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { SettingRow } from "./setting-row.tsx";

/** Whether the record is whole, and what those who help need to know. */
export function HealthSettings() {
  const { bridge, formats, notices, now } = useApp();
  const [busy, setBusy] = useState<"audit" | "report" | null>(null);
  const [audit, setAudit] = useState<string | null>(null);
  const [report, setReport] = useState<string | null>(null);
  const verify = async (): Promise<void> => {
    setBusy("audit");
    const answer = await bridge.call("audit:verify", {});
    setBusy(null);
    if (!answer.ok) setAudit(answer.fault.message);
    else {
      const { ok, entries, problem } = answer.value;
      setAudit(
        ok
          ? say("settings.auditWhole", { entries, time: formats.time(now()) })
          : say("settings.auditBroken", { problem: problem ?? "" }),
      );
    }
  };
  const copy = async (): Promise<void> => {
    setBusy("report");
    const answer = await bridge.call("support:report", {});
    setBusy(null);
    if (!answer.ok) {
      setReport(answer.fault.message);
      return;
    }
    await navigator.clipboard.writeText(JSON.stringify(answer.value, null, 2));
    notices.show(say("settings.reportCopied"));
  };
  return (
    <section>
      <h2>{say("settings.health")}</h2>
      <SettingRow title={say("settings.audit")} text={audit ?? say("settings.auditText")}>
        {() => (
          <Button disabled={busy !== null} onPress={() => void verify()}>
            {say(busy === "audit" ? "blocked.checking" : "settings.auditButton")}
          </Button>
        )}
      </SettingRow>
      <SettingRow title={say("settings.report")} text={report ?? say("settings.reportText")}>
        {() => (
          <Button disabled={busy !== null} onPress={() => void copy()}>
            {say("settings.reportButton")}
          </Button>
        )}
      </SettingRow>
    </section>
  );
}
