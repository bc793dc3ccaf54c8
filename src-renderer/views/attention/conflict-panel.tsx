import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { ConflictVerdict } from "../../../src-shared/domain/conflict.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { ConflictView } from "../../../src-shared/ipc/conflict-views.ts";
import { toHash } from "../../state/route.ts";
import { Button } from "../../ui/button.tsx";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { KeyHint } from "../../ui/key-hint.tsx";
import { say, tell } from "../../words/say.ts";
import type { ConflictGroup } from "./conflict-groups.ts";
import { FieldHistory } from "./field-history.tsx";
import { toDifference } from "./text-difference.ts";

const verdicts: readonly ConflictVerdict[] = ["keep_theirs", "use_ours"];

/** A field of ours that somebody changed: both texts side by side, and the answers. */
export function ConflictPanel({ group }: Readonly<{ group: ConflictGroup }>) {
  const { conflicts: store, notices } = useApp();
  const busy = useStore(store, (state) => state.busy);
  const [conflict, ...others] = group.conflicts;
  const { id, crm, field, editedBy, recordUrl } = conflict;
  const name = crmNames[crm];
  const settle = async (verdict: ConflictVerdict): Promise<void> => {
    const answer = await store.settle(id, verdict);
    if (answer !== undefined)
      notices.show(answer.ok ? say("conflict.done", { verdict, field, crm: name }) : answer.fault.message);
  };
  return (
    <section
      className="detail"
      aria-label={say("conflict.item", { field, crm: name })}
      onKeyDown={(event) => {
        const verdict = verdicts[Number(event.key) - 1];
        if (verdict === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        void settle(verdict);
      }}
    >
      <Heading conflict={conflict} />
      <Versus conflict={conflict} />
      <div className="btns">
        <Button look="primary" disabled={busy !== null} onPress={() => void settle("keep_theirs")}>
          {editedBy === null ? say("conflict.keep") : say("conflict.keepOf", { name: editedBy })}
        </Button>
        <Button disabled={busy !== null} onPress={() => void settle("use_ours")}>
          {say("conflict.write")}
        </Button>
        {recordUrl === null ? null : <OpenRecord url={recordUrl} crm={name} />}
        <span className="push small dim">
          <KeyHint keys={["1", "2"]} />
        </span>
      </div>
      {others.length === 0 ? null : <p className="small dim">{say("conflict.more", { count: others.length })}</p>}
      <FieldHistory conflict={conflict} />
    </section>
  );
}

function OpenRecord({ url, crm }: Readonly<{ url: string; crm: string }>) {
  const { bridge, notices } = useApp();
  const open = async (): Promise<void> => {
    const answer = await bridge.call("shell:openExternal", { url });
    if (!answer.ok || !answer.value.opened) notices.show(say("call.openRefused"));
  };
  return (
    <Button look="quiet" onPress={() => void open()}>
      {say("call.openIn", { crm })}
    </Button>
  );
}

function Heading({ conflict }: Readonly<{ conflict: ConflictView }>) {
  const { formats, now } = useApp();
  const { crm, field, label, callId, tenant, seenAt, editedAt, editedBy } = conflict;
  const seen = formats.when(seenAt, now());
  const edited = editedAt === null ? "" : formats.when(editedAt, now());
  const who = editedBy === null ? "nobody" : editedAt === null ? "name" : "both";
  return (
    <div>
      <p className="eyebrow">
        <CrmTag crm={crm} />
        {say("conflict.where", { crm: label === "" ? crmNames[crm] : label, field })}
        <a href={toHash({ view: "call", callId, tenant })}>{say("conflict.call")}</a>
      </p>
      <h2 className="lede">{say("conflict.lede", { field })}</h2>
      <p className="body">
        {tell(
          "conflict.body",
          { who, name: editedBy ?? "", edited, seen, crm: crmNames[crm] },
          { b: (children) => <b key="b">{children}</b> },
        )}
      </p>
    </div>
  );
}

function Versus({ conflict }: Readonly<{ conflict: ConflictView }>) {
  const { formats, now } = useApp();
  const { crm, ours, theirs, pushed, editedBy, editedAt } = conflict;
  const when = editedAt === null ? "" : formats.when(editedAt, now());
  const who = editedBy === null ? "nobody" : editedAt === null ? "name" : "both";
  return (
    <div className="vs">
      <div>
        <h3>{say("conflict.theirs", { who, name: editedBy ?? "", when, crm: crmNames[crm] })}</h3>
        <Text before={pushed ?? theirs ?? ""} after={theirs ?? ""} showsRemoved={false} />
      </div>
      <div>
        <h3>{say("conflict.ours")}</h3>
        <Text before={pushed ?? ours} after={ours} showsRemoved />
      </div>
    </div>
  );
}

/** `before` is what we wrote last: what differs from it is marked, in both texts. */
function Text({ before, after, showsRemoved }: Readonly<{ before: string; after: string; showsRemoved: boolean }>) {
  if (after === "") return <p className="faint">{say("written.empty")}</p>;
  return (
    <p>
      {toDifference(before, after).map(({ kind, text }, index) => {
        if (kind === "added") return <ins key={index}>{text}</ins>;
        if (kind === "removed") return showsRemoved ? <del key={index}>{text}</del> : null;
        return <span key={index}>{text}</span>;
      })}
    </p>
  );
}
