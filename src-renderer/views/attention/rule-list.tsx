import type { MatchChoice } from "../../../src-shared/ipc/match-views.ts";
import { Panel } from "../../ui/panel.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

/** Rules by their names in the engine; one that is new shows its own name. */
const ruleWords: Readonly<Record<string, MessageKey>> = {
  told: "rule.told",
  only_one: "rule.onlyOne",
  open_deal_of_agent: "rule.openDeal",
  last_activity: "rule.lastActivity",
  owner_is_the_agent: "rule.owner",
  company: "rule.company",
};

/** What each rule said, in their order, and that a person is asked where none decided. */
export function RuleList({ choice: { rules } }: Readonly<{ choice: MatchChoice }>) {
  if (rules.length === 0) return null;
  const isDecided = rules.some(({ decided }) => decided);
  return (
    <Panel title={say("rule.title")}>
      <ol className="rows rules">
        {rules.map(({ rule, said, decided }, index) => {
          const key = ruleWords[rule];
          return (
            <li key={rule}>
              <StateMark state={decided ? "delivered" : "skipped"} name={say(decided ? "rule.decided" : "rule.not")} />
              <span>
                {index + 1}. {key === undefined ? rule.replaceAll("_", " ") : say(key)}
              </span>
              <span className="small dim">{said}</span>
            </li>
          );
        })}
        {isDecided ? null : (
          <li>
            <StateMark state="failed" name={say("rule.asked")} />
            <span>
              {rules.length + 1}. {say("rule.ask")}
            </span>
            <span className="small dim">{say("rule.askText")}</span>
          </li>
        )}
      </ol>
    </Panel>
  );
}
