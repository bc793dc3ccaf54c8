import { FileSpreadsheet, Folder } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { toFileName } from "../import/file-name.ts";

/** Where the calls come from: a folder that is watched, or files. What is read already stands below. */
export function LogStep() {
  const { reading, ledger } = useApp();
  const sources = useStore(ledger, (state) => state.sources) ?? [];
  const imports = useStore(ledger, (state) => state.imports);
  return (
    <>
      <div className="drop first-drop">
        <div>
          <FileSpreadsheet className="i i-l" aria-hidden="true" />
          <h2>{say("drop.title")}</h2>
          <p className="dim">{say("drop.text")}</p>
          <div className="btns">
            <Button size="big" onPress={() => void reading.pick("folder")}>
              <Folder className="i" aria-hidden="true" />
              {say("drop.folder")}
            </Button>
            <Button size="big" onPress={() => void reading.pick("files")}>
              {say("drop.files")}
            </Button>
          </div>
        </div>
      </div>
      <ul className="checks" aria-live="polite">
        {sources.map(({ id, path }) => (
          <li key={`source ${id}`}>
            <StateMark state="delivered" name={say("setup.isDone")} />
            <p className="clip">{say("import.watching", { name: toFileName(path) })}</p>
          </li>
        ))}
        {imports.map(({ requestId, paths, state, summary, progress, fault }) => (
          <li key={requestId}>
            <StateMark
              state={state === "done" ? "delivered" : state === "running" ? "sending" : "failed"}
              name={say(state === "done" ? "setup.isDone" : "reading.title")}
            />
            <div>
              <p className="clip">{toFileName(paths[0] ?? "")}</p>
              <p>{fault?.message ?? say("first.rows", { rows: summary?.rows ?? progress?.rows ?? 0 })}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
