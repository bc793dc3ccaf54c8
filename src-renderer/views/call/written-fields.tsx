import { CircleOff, Lock, type LucideIcon, MessageSquarePlus, ShieldCheck, SquareDashed } from "lucide-react";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { WrittenField, WrittenView } from "../../../src-shared/ipc/written-views.ts";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

type Owner = NonNullable<WrittenField["own"]> | "none";
const owners: Readonly<Record<Owner, Readonly<{ icon: LucideIcon; key: MessageKey }>>> = {
  agent: { icon: ShieldCheck, key: "written.ours" },
  "fill-blank": { icon: SquareDashed, key: "written.fillBlank" },
  append: { icon: MessageSquarePlus, key: "written.append" },
  crm: { icon: Lock, key: "written.theirs" },
  none: { icon: CircleOff, key: "written.unnamed" },
};

/** Each field that we wrote or would write: with what, and whose it is. */
export function WrittenFields({ view, crm }: Readonly<{ view: WrittenView; crm: CrmType }>) {
  if (view.fields.length === 0) return <p>{say("written.none", { crm: crmNames[crm] })}</p>;
  return (
    <table className="written">
      <thead>
        <tr>
          <th>{say("written.field")}</th>
          <th>{say("written.value")}</th>
          <th>{say("written.owner")}</th>
        </tr>
      </thead>
      <tbody>
        {view.fields.map((field) => (
          <tr key={field.field}>
            <td>{field.field}</td>
            <td>
              <Value field={field} />
            </td>
            <td>
              <Own own={field.own ?? "none"} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ field: { pushed, planned } }: Readonly<{ field: WrittenField }>) {
  const value = planned ?? pushed ?? "";
  const isChange = planned !== null && pushed !== null && planned !== pushed;
  return (
    <>
      <span className="value">{value === "" ? <span className="faint">{say("written.empty")}</span> : value}</span>
      {isChange ? <span className="faint"> {say("written.before", { value: pushed })}</span> : null}
    </>
  );
}

function Own({ own }: Readonly<{ own: Owner }>) {
  const { icon: Icon, key } = owners[own];
  return (
    <span className="own">
      <Icon className="i i-s" aria-hidden="true" />
      {say(key)}
    </span>
  );
}
