import { useState } from "react";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { CommandToCopy } from "./command-to-copy.tsx";
import { SettingRow } from "./setting-row.tsx";

/** Where the ledger lies, its copies, and how a person's data leaves it. */
export function DataSettings() {
  const { bridge, formats, notices } = useApp();
  const info = useAnswer("shell:info", {});
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const backUp = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call("backup:create", { to: null });
    setBusy(false);
    setSaid(
      answer.ok
        ? say("settings.backedUp", { file: answer.value.file, size: formats.size(answer.value.bytes) })
        : answer.fault.message,
    );
  };
  const open = async (folder: "data" | "backups"): Promise<void> => {
    const answer = await bridge.call("shell:openFolder", { folder });
    if (!answer.ok || !answer.value.opened) notices.show(say("settings.notOpened"));
  };
  return (
    <section>
      <h2>{say("settings.data")}</h2>
      <SettingRow title={say("settings.folder")} text={info.value?.dataDir ?? say("settings.folderText")}>
        {() => <Button onPress={() => void open("data")}>{say("settings.openFolder")}</Button>}
      </SettingRow>
      <SettingRow title={say("settings.backup")} text={said ?? say("settings.backupText")}>
        {() => (
          <span className="btns">
            <Button look="quiet" label={say("settings.openBackups")} onPress={() => void open("backups")}>
              {say("settings.openFolder")}
            </Button>
            <Button disabled={isBusy} onPress={() => void backUp()}>
              {say(isBusy ? "settings.backingUp" : "settings.backupNow")}
            </Button>
          </span>
        )}
      </SettingRow>
      <SettingRow title={say("settings.erase")} text={say("settings.eraseText")}>
        {() => <CommandToCopy command="callledger erase --number +442079460958" label={say("settings.copyErase")} />}
      </SettingRow>
    </section>
  );
}
