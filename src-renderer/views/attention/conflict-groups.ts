import type { ConflictView } from "../../../src-shared/ipc/conflict-views.ts";

/** Open conflicts about one field of one account: they are decided alike, one after the other. */
export type ConflictGroup = Readonly<{ id: string; conflicts: readonly [ConflictView, ...ConflictView[]] }>;

const idOf = ({ integrationId, field }: ConflictView): string => `conflict:${integrationId}:${field}`;

/** The group with the newest conflict first. */
export function toConflictGroups(conflicts: readonly ConflictView[]): readonly ConflictGroup[] {
  const ids = [...new Set(conflicts.map(idOf))];
  return ids.flatMap((id) => {
    const [first, ...others] = conflicts.filter((each) => idOf(each) === id);
    return first === undefined ? [] : [{ id, conflicts: [first, ...others] as const }];
  });
}
