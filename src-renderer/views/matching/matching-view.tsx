import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { Panel } from "../../ui/panel.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";
import { OwnNumbers } from "./own-numbers.tsx";
import { StrangersPanel } from "./strangers-panel.tsx";
import { TryNumber } from "./try-number.tsx";

/** The rules in the order in which the engine asks them (docs/matching.md). */
const rules: readonly Readonly<{ rule: string; title: MessageKey; text: MessageKey }>[] = [
  { rule: "told", title: "matching.rule.told", text: "matching.rule.toldText" },
  { rule: "only_one", title: "matching.rule.only_one", text: "matching.rule.only_oneText" },
  {
    rule: "open_deal_of_agent",
    title: "matching.rule.open_deal_of_agent",
    text: "matching.rule.open_deal_of_agentText",
  },
  { rule: "last_activity", title: "matching.rule.last_activity", text: "matching.rule.last_activityText" },
  {
    rule: "owner_is_the_agent",
    title: "matching.rule.owner_is_the_agent",
    text: "matching.rule.owner_is_the_agentText",
  },
  { rule: "company", title: "matching.rule.company", text: "matching.rule.companyText" },
  { rule: "ask", title: "matching.rule.ask", text: "matching.rule.askText" },
];

/** Whose call is it, and which rule says so? */
export function MatchingView() {
  const { ledger } = useApp();
  const connections = useStore(ledger, (state) => state.connections);
  const asks = useStore(ledger, ({ attention }) =>
    (attention ?? []).reduce((sum, { reason, count }) => (reason === "ambiguous_match" ? sum + count : sum), 0),
  );
  const tenants = [...new Set((connections ?? []).map(({ tenant }) => tenant))];
  return (
    <>
      <header className="bar ruled">
        <h1>{say("matching.title")}</h1>
        <span className="dim">{say("matching.lede")}</span>
      </header>
      <div className="split own-wrap">
        <div className="scroll stack padded">
          <Panel title={say("matching.several")} aside={<span className="small faint">{say("matching.first")}</span>}>
            <ol className="fix">
              {rules.map(({ rule, title, text }, index) => (
                <li key={rule}>
                  <span className="step" aria-hidden="true">
                    {index + 1}
                  </span>
                  <div>
                    <p>
                      <b>{say(title)}</b>
                    </p>
                    <p>{say(text)}</p>
                  </div>
                  {rule === "ask" && asks > 0 ? (
                    <a className="small" href="#/attention">
                      {say("matching.asks", { count: asks })}
                    </a>
                  ) : (
                    <span />
                  )}
                </li>
              ))}
            </ol>
          </Panel>
          <StrangersPanel />
          {tenants.map((tenant) => (
            <OwnNumbers key={tenant} tenant={tenant} isOnly={tenants.length === 1} />
          ))}
        </div>
        <TryNumber />
      </div>
    </>
  );
}
