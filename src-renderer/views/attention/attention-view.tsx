import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeadGroupView } from "../../../src-shared/ipc/dead-letter-views.ts";
import { useAnswer } from "../../bridge/use-answer.ts";
import { toHash } from "../../state/route.ts";
import { crmTags } from "../../ui/crm-tag.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ConflictMark, StateMark } from "../../ui/state-mark.tsx";
import { say } from "../../words/say.ts";
import { Banners } from "../overview/banners.tsx";
import { CauseDetail } from "./cause-detail.tsx";
import { toSections, toTitle } from "./causes.ts";
import { type ConflictGroup, toConflictGroups } from "./conflict-groups.ts";
import { ConflictPanel } from "./conflict-panel.tsx";
import { HistoryButton } from "./history-button.tsx";
import { HealedList } from "./healed-list.tsx";
import { type Healed, toHealed } from "./healed.ts";
import { moveInList } from "./move-in-list.ts";
import { WaitingList } from "./waiting-list.tsx";
import { toWaiting } from "./waiting.ts";

/** Entries of the record that are looked through for what healed. */
const lookedBack = 50;

/** What do I have to do? */
export function AttentionView({ group }: Readonly<{ group: string | null }>) {
  const { ledger, formats, now } = useApp();
  const groups = useStore(ledger, (state) => state.attention);
  const conflicts = useConflicts();
  const history = useAnswer("deadLetters:history", { target: null, limit: lookedBack }, String(groups?.length));
  const healed = toHealed(history.value?.runs ?? [], now());
  const order = toSections(groups ?? []).flatMap((section) => section.groups);
  const openConflict = conflicts.find(({ id }) => id === group) ?? (order.length === 0 ? conflicts[0] : undefined);
  const open = openConflict === undefined ? (order.find(({ id }) => id === group) ?? order[0]) : undefined;
  const isWaiting = useStore(ledger, (state) => toWaiting(state, now(), formats.time).length > 0);
  const isSettled = open === undefined && openConflict === undefined;
  const count =
    order.reduce((sum, each) => sum + each.count, 0) + conflicts.reduce((sum, each) => sum + each.conflicts.length, 0);
  return (
    <>
      <header className="bar ruled">
        <h1>{say("attention.title")}</h1>
        {count === 0 ? null : (
          <span className="dim">
            {say("attention.count", { groups: order.length + conflicts.length, calls: count })}
          </span>
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
      ) : isSettled && !isWaiting && healed.length === 0 ? (
        <Empty title={say("attention.empty")} text={say("attention.emptyText")} />
      ) : (
        <div className="split md">
          <CauseList
            groups={groups}
            conflicts={conflicts}
            healed={healed}
            open={openConflict?.id ?? open?.id ?? null}
          />
          {openConflict !== undefined ? (
            <ConflictPanel key={openConflict.conflicts[0].id} group={openConflict} />
          ) : open === undefined ? (
            <Empty title={say("attention.empty")} text={say("attention.emptyText")} />
          ) : (
            <OpenCause key={open.id} group={open} />
          )}
        </div>
      )}
    </>
  );
}

/** Asked for when the screen opens, and when the number of open ones changed. */
function useConflicts(): readonly ConflictGroup[] {
  const { conflicts: store, ledger } = useApp();
  const found = useStore(store, (state) => state.conflicts);
  const open = useStore(ledger, ({ connections }) =>
    (connections ?? []).reduce((sum, { conflicts }) => sum + conflicts, 0),
  );
  useEffect(() => void store.pull(), [store, open]);
  return useMemo(() => toConflictGroups(found ?? []), [found]);
}

function OpenCause({ group }: Readonly<{ group: DeadGroupView }>) {
  const { attention } = useApp();
  const { id, count } = group;
  useEffect(() => void attention.open(id), [attention, id]);
  useEffect(() => void attention.refresh(), [attention, count]);
  return <CauseDetail group={group} />;
}

type ListProps = Readonly<{
  groups: readonly DeadGroupView[];
  conflicts: readonly ConflictGroup[];
  healed: readonly Healed[];
  open: string | null;
}>;

function CauseList({ groups, conflicts, healed, open }: ListProps) {
  const sections = toSections(groups);
  const failed = sections.filter(({ title }) => title === "attention.failed");
  const decide = sections.filter(({ title }) => title !== "attention.failed").flatMap((section) => section.groups);
  return (
    <nav className="list" aria-label={say("attention.list")}>
      {failed.map(({ title, groups: inSection }) => (
        <section key={title}>
          <h2>{say(title)}</h2>
          {inSection.map((each) => (
            <CauseItem key={each.id} group={each} isOpen={each.id === open} />
          ))}
        </section>
      ))}
      {decide.length + conflicts.length === 0 ? null : (
        <section>
          <h2>{say("attention.decide")}</h2>
          {decide.map((each) => (
            <CauseItem key={each.id} group={each} isOpen={each.id === open} />
          ))}
          {conflicts.map((each) => (
            <ConflictItem key={each.id} group={each} isOpen={each.id === open} />
          ))}
        </section>
      )}
      <WaitingList isAlone={open === null} />
      <HealedList healed={healed} />
    </nav>
  );
}

function ConflictItem({ group, isOpen }: Readonly<{ group: ConflictGroup; isOpen: boolean }>) {
  const { formats, now } = useApp();
  const [{ crm, field, editedBy, editedAt, seenAt }] = group.conflicts;
  const time = formats.when(editedAt ?? seenAt, now());
  return (
    <a
      className={isOpen ? "item on" : "item"}
      href={toHash({ view: "attention", group: group.id })}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={isOpen ? 0 : -1}
      onKeyDown={moveInList}
    >
      <ConflictMark name={say("conflict.mark")} />
      <span className="t">{say("conflict.item", { field, crm: crmNames[crm] })}</span>
      <span className="n">{formats.number(group.conflicts.length)}</span>
      <span className="d">
        {editedBy === null
          ? say("attention.since", { crm: crmTags[crm], time })
          : say("conflict.by", { crm: crmTags[crm], name: editedBy, time })}
      </span>
    </a>
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
