import { useEffect } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeadGroupView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { toHash } from "../../state/route.ts";
import { crmTags } from "../../ui/crm-tag.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { Banners } from "../overview/banners.tsx";
import { CauseDetail } from "./cause-detail.tsx";
import { toSections, toTitle } from "./causes.ts";
import { HistoryButton } from "./history-button.tsx";
import { moveInList } from "./move-in-list.ts";
import { WaitingList } from "./waiting-list.tsx";
import { toWaiting } from "./waiting.ts";

/** What do I have to do? */
export function AttentionView({ group }: Readonly<{ group: string | null }>) {
  const { ledger, formats, now } = useApp();
  const groups = useStore(ledger, (state) => state.attention);
  const order = toSections(groups ?? []).flatMap((section) => section.groups);
  const open = order.find(({ id }) => id === group) ?? order[0];
  const isWaiting = useStore(ledger, (state) => toWaiting(state, now(), formats.time).length > 0);
  const calls = order.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <header className="bar ruled">
        <h1>{say("attention.title")}</h1>
        {order.length === 0 ? null : (
          <span className="dim">{say("attention.count", { groups: order.length, calls })}</span>
        )}
        <div className="btns push">
          <HistoryButton />
        </div>
      </header>
      <div className="banner-place">
        <Banners />
      </div>
      {groups === null ? (
        <div className="scroll padded">
          <Skeleton lines={6} />
        </div>
      ) : open === undefined && !isWaiting ? (
        <Empty title={say("attention.empty")} text={say("attention.emptyText")} />
      ) : (
        <div className="split md">
          <CauseList groups={groups} open={open?.id ?? null} />
          {open === undefined ? (
            <Empty title={say("attention.empty")} text={say("attention.emptyText")} />
          ) : (
            <OpenCause key={open.id} group={open} />
          )}
        </div>
      )}
    </>
  );
}

function OpenCause({ group }: Readonly<{ group: DeadGroupView }>) {
  const { attention } = useApp();
  const { id, count } = group;
  useEffect(() => void attention.open(id), [attention, id]);
  useEffect(() => void attention.refresh(), [attention, count]);
  return <CauseDetail group={group} />;
}

function CauseList({ groups, open }: Readonly<{ groups: readonly DeadGroupView[]; open: string | null }>) {
  return (
    <nav className="list" aria-label={say("attention.list")}>
      {toSections(groups).map(({ title, groups: inSection }) => (
        <section key={title}>
          <h2>{say(title)}</h2>
          {inSection.map((each) => (
            <CauseItem key={each.id} group={each} isOpen={each.id === open} />
          ))}
        </section>
      ))}
      <WaitingList isAlone={open === null} />
    </nav>
  );
}

function CauseItem({ group, isOpen }: Readonly<{ group: DeadGroupView; isOpen: boolean }>) {
  const { formats, now } = useApp();
  return (
    <a
      className={isOpen ? "item on" : "item"}
      href={toHash({ view: "attention", group: group.id })}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={isOpen ? 0 : -1}
      onKeyDown={moveInList}
    >
      <StateMark state="failed" name={say("state.failed")} />
      <span className="t">{toTitle(group)}</span>
      <span className="n">{formats.number(group.count)}</span>
      <span className="d" title={crmNames[group.crm]}>
        {say("attention.since", { crm: crmTags[group.crm], time: formats.when(group.firstAt, now()) })}
      </span>
    </a>
  );
}
