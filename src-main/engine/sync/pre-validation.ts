import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { type FieldProblem, type Mover, findProblems } from "../../../src-shared/domain/field-check.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import type { PersonDraft, WriteItem } from "../ports/connector.ts";

/** What the CRM's own description says against a write. `held`: the record as it was read, for a change of it. */
export function judgeWrite(
  { operation, body, links }: Pick<WriteItem, "operation" | "body" | "links">,
  schema: ObjectSchema | null,
  crm: CrmType,
  held?: Readonly<Record<string, string | null>>,
): readonly FieldProblem[] {
  if (schema === null || body === null || operation === "link") return [];
  return findProblems({
    schema,
    crm: crmNames[crm],
    operation,
    body,
    ...(held === undefined ? {} : { held }),
    linked: links.map(({ object }) => object),
  });
}

/** What the CRM's own description says against making a person. */
export function judgePerson(
  { object, body }: PersonDraft,
  described: readonly ObjectSchema[],
  crm: CrmType,
): readonly FieldProblem[] {
  const schema = described.find((each) => each.object === object);
  if (schema === undefined) return [];
  const asked = { schema, crm: crmNames[crm], operation: "create", body, linked: [], what: "person" } as const;
  return findProblems(asked).map((problem) => ({
    ...problem,
    says: `Nobody can be made for the number (${object}). ${problem.says}`,
  }));
}

/** Whose move it is, in front of what is to be done. */
export const toMove = (mover: Mover, crm: CrmType): string =>
  mover === "contract" ? "In the field contract" : `For the administrator of ${crmNames[crm]}`;

/** Everything that is wrong with a call, with whose move it is and what is to be done. */
export const describeFieldProblems = (problems: readonly FieldProblem[], crm: CrmType): string =>
  problems.map(({ says, mover, fix }) => `${says} ${toMove(mover, crm)}: ${fix}`).join(" ");

type Rejection = Extract<ConnectorFault, { kind: "rejected" }>;

/** The refusal that these problems come to; the first of them names it. */
export function toUnsentFault(problems: readonly FieldProblem[], crm: CrmType): Rejection | null {
  const [first] = problems;
  if (first === undefined) return null;
  const { reason, field } = first;
  return {
    kind: "rejected",
    reason,
    ...(field === null ? {} : { field }),
    unsent: true,
    answer: { message: describeFieldProblems(problems, crm) },
  };
}

const ofFields: ReadonlySet<Reason> = new Set([
  "field_missing",
  "mapping_error",
  "permission_denied",
  "value_rejected",
  "rule_rejected",
  "too_large",
  "our_bug",
]);

/** Whether the CRM refused something that its description should have told. */
export const isSurprise = (fault: ConnectorFault): boolean =>
  fault.kind === "rejected" && fault.unsent !== true && ofFields.has(fault.reason);
