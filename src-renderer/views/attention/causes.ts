import type { Reason } from "../../../src-shared/domain/reason.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeadGroupView } from "../../../src-shared/ipc/dead-letter-views.ts";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

/** Causes that only a person can decide: who somebody is, or what became of a call. */
const decisions: ReadonlySet<Reason> = new Set(["ambiguous_match", "no_match", "person_deleted", "outcome_unknown"]);

/** Causes that are settled by saying whose the call is. */
const asksWho: ReadonlySet<Reason> = new Set(["ambiguous_match", "no_match", "person_deleted"]);
export const isAboutWho = ({ reason }: Pick<DeadGroupView, "reason">): boolean => asksWho.has(reason);

export type CauseSection = Readonly<{ title: MessageKey; groups: readonly DeadGroupView[] }>;

/** The list in its sections; empty ones are left out. */
export function toSections(groups: readonly DeadGroupView[]): readonly CauseSection[] {
  const sections: readonly CauseSection[] = [
    { title: "attention.failed", groups: groups.filter(({ reason }) => !decisions.has(reason)) },
    { title: "attention.decide", groups: groups.filter(({ reason }) => decisions.has(reason)) },
  ];
  return sections.filter((section) => section.groups.length > 0);
}

/** Who does not do what. */
export function toTitle({
  reason,
  crm,
  cause,
  count,
}: Pick<DeadGroupView, "reason" | "crm" | "cause" | "count">): string {
  return say(`reason.${reason}`, { crm: crmNames[crm], cause: cause ?? "none", count });
}

/** The group to show after this one was settled: the next in the list, else the last. */
export function nextGroup(groups: readonly DeadGroupView[], settled: string): string | null {
  const order = toSections(groups).flatMap((section) => section.groups.map(({ id }) => id));
  const at = order.indexOf(settled);
  const left = order.filter((id) => id !== settled);
  return left[Math.min(at, left.length - 1)] ?? null;
}
