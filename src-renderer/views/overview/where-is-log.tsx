import { Panel } from "../../ui/panel.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

const places: readonly Readonly<{ name: MessageKey; text: MessageKey }>[] = [
  { name: "where.3cx", text: "where.3cxText" },
  { name: "where.asterisk", text: "where.asteriskText" },
  { name: "where.teams", text: "where.teamsText" },
  { name: "where.other", text: "where.otherText" },
];

/** Where phone systems keep the log that is to be given to us. */
export const WhereIsLog = () => (
  <Panel title={say("where.title")}>
    <ul className="rows">
      {places.map(({ name, text }) => (
        <li key={name}>
          <span>{say(name)}</span>
          <span className="small dim push">{say(text)}</span>
        </li>
      ))}
    </ul>
  </Panel>
);
