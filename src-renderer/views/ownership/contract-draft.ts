import type { FieldMode } from "../../../src-shared/domain/ownership.ts";
import type { ContractView } from "../../../src-shared/ipc/ownership-views.ts";
import type { MessageKey } from "../../words/en.ts";

export type ContractField = ContractView["fields"][number];

/** Whose a field can be, in the order of the columns. */
export const modes: readonly FieldMode[] = ["agent", "fill-blank", "append", "crm"];

export const modeWords: Readonly<Record<FieldMode, MessageKey>> = {
  agent: "mode.agent",
  "fill-blank": "mode.fill-blank",
  append: "mode.append",
  crm: "mode.crm",
};

export const modeMeanings: Readonly<Record<FieldMode, MessageKey>> = {
  agent: "mode.agentText",
  "fill-blank": "mode.fill-blankText",
  append: "mode.appendText",
  crm: "mode.crmText",
};

/** Fields that are given to somebody else, and not yet for good. By `nameOf`. */
export type Draft = ReadonlyMap<string, FieldMode>;
export const noDraft: Draft = new Map();

export const nameOf = ({ object, field }: Pick<ContractField, "object" | "field">): string => `${object} ${field}`;

/** It holds the key by which a call is found again: whose it is cannot be changed. */
export const isLocked = ({ value }: ContractField): boolean => /(^|[{\s])key([}\s:]|$)/.test(value);

export const modeOf = (field: ContractField, draft: Draft): FieldMode => draft.get(nameOf(field)) ?? field.own;

/** The draft with one more choice; what is chosen back is no change. */
export function choose(draft: Draft, field: ContractField, own: FieldMode): Draft {
  const others = [...draft].filter(([name]) => name !== nameOf(field));
  return new Map(own === field.own ? others : [...others, [nameOf(field), own]]);
}

export type ModeChange = Readonly<{ field: ContractField; own: FieldMode }>;

export const changesOf = (fields: readonly ContractField[], draft: Draft): readonly ModeChange[] =>
  fields.flatMap((field) => {
    const own = draft.get(nameOf(field));
    return own === undefined ? [] : [{ field, own }];
  });

/** How many fields are whose, after the draft. */
export function countModes(fields: readonly ContractField[], draft: Draft): Readonly<Record<string, number>> {
  const of = (mode: FieldMode): number => fields.filter((field) => modeOf(field, draft) === mode).length;
  return { ours: of("agent"), blank: of("fill-blank"), append: of("append"), theirs: of("crm") };
}
