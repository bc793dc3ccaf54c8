import { Upload } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { ActivityPanel } from "./activity-panel.tsx";
import { AttentionPanel } from "./attention-panel.tsx";
import { Banners } from "./banners.tsx";
import { ConnectionsPanel } from "./connections-panel.tsx";
import { EmptyOverview } from "./empty-overview.tsx";
import { LanesPanel } from "./lanes-panel.tsx";
import { ReadingPanel } from "./reading-panel.tsx";
import { SourcesPanel } from "./sources-panel.tsx";
import { StatementPanel } from "./statement-panel.tsx";
import { isUntouched } from "./truth.ts";
import { TruthSection } from "./truth-section.tsx";

/** Are all calls of today accounted for? */
export function OverviewView() {
  const { formats, now, ledger, reading } = useApp();
  const isEmpty = useStore(ledger, isUntouched);
  return (
    <>
      <header className="bar">
        <h1>{say("overview.title")}</h1>
        <span className="dim">{formats.day(now())}</span>
        <div className="btns push">
          <Button onPress={() => void reading.pick("files")}>
            <Upload className="i" aria-hidden="true" />
            {say("overview.import")}
          </Button>
        </div>
      </header>
      <div className="scroll">
        <Banners />
        <TruthSection />
        {isEmpty ? (
          <EmptyOverview />
        ) : (
          <div className="ov">
            <div className="stack">
              <ReadingPanel />
              <AttentionPanel />
              <ConnectionsPanel />
              <SourcesPanel />
            </div>
            <div className="stack">
              <ActivityPanel />
              <LanesPanel />
              <StatementPanel />
            </div>
          </div>
        )}
      </div>
    </>
  );
}
