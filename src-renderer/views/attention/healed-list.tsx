import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { crmTags } from "../../ui/crm-tag.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import type { Healed } from "./healed.ts";

/** The part of the list that is good news: what went out again without anybody. */
export function HealedList({ healed }: Readonly<{ healed: readonly Healed[] }>) {
  const { formats, now } = useApp();
  if (healed.length === 0) return null;
  return (
    <section>
      <h2>{say("healed.title")}</h2>
      {healed.map(({ id, crm, reason, count, at }) => (
        <div key={id} className="item still">
          <StateMark state="delivered" name={say("state.delivered")} />
          <span className="t">{say(`short.${reason}`, { crm: crmNames[crm] })}</span>
          <span className="n">{formats.number(count)}</span>
          <span className="d">{say("healed.more", { crm: crmTags[crm], count, time: formats.when(at, now()) })}</span>
        </div>
      ))}
    </section>
  );
}
