import { ChevronLeft, ChevronRight, Upload } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { addDays } from "../../state/call-span.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";
import { ActivityPanel } from "./activity-panel.tsx";
import { AttentionPanel } from "./attention-panel.tsx";
import { Banners } from "./banners.tsx";
import { ConnectionsPanel } from "./connections-panel.tsx";
import { EmptyOverview } from "./empty-overview.tsx";
import { LanesPanel } from "./lanes-panel.tsx";
import { PastDay } from "./past-day.tsx";
import { ReadingPanel } from "./reading-panel.tsx";
import { SourcesPanel } from "./sources-panel.tsx";
import { StatementPanel } from "./statement-panel.tsx";
import { isUntouched } from "./truth.ts";
import { TruthSection } from "./truth-section.tsx";

/** Are all calls of today accounted for? */
export function OverviewView() {
  const { formats, now, ledger, reading } = useApp();
  const isEmpty = useStore(ledger, isUntouched);
  const today = useStore(ledger, (state) => state.today);
  /** The day that is shown, where it is not today. */
  const [past, setPast] = useState<string | null>(null);
  const date = formats.date(now());
  const step = (days: -1 | 1): void => {
    const next = addDays(past ?? date, days);
    setPast(next >= date ? null : next);
  };
  return (
    <>
      <header className="bar">
        <h1>{past === null ? say("overview.title") : formats.dayOf(past)}</h1>
        <span className="dim">{past === null ? formats.day(now()) : null}</span>
        <div className="btns push">
          {isEmpty ? null : (
            <>
              <Button look="quiet" size="icon" label={say("day.previous")} onPress={() => step(-1)}>
                <ChevronLeft className="i" aria-hidden="true" />
              </Button>
              <Button look="quiet" size="icon" label={say("day.next")} disabled={past === null} onPress={() => step(1)}>
                <ChevronRight className="i" aria-hidden="true" />
              </Button>
            </>
          )}
          <Button onPress={() => void reading.pick("files")}>
            <Upload className="i" aria-hidden="true" />
            {say("overview.import")}
          </Button>
        </div>
      </header>
      <div className="scroll">
        <Banners />
        {past === null ? <TruthSection /> : <PastDay key={past} date={past} />}
        {past !== null ? null : isEmpty ? (
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
              <ActivityPanel activity={today?.activity ?? null} />
              <LanesPanel />
              <StatementPanel day={today} />
            </div>
          </div>
        )}
      </div>
    </>
  );
}
