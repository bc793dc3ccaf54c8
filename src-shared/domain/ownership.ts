import { z } from "zod";
import { crmType } from "./integration.ts";
import { fieldValue, holdsKey } from "./mapping.ts";

/**
 * Whose a field is. `agent`: ours, rewritten only while the CRM still holds what we last pushed. `fill-blank`: written
 * only into an empty field. `crm`: never written. `append`: added to, never replaced.
 */
export const fieldMode = z.enum(["agent", "fill-blank", "crm", "append"]);
export type FieldMode = z.infer<typeof fieldMode>;

const note = z.string().optional();
/**
 * How a value may be changed so that the CRM takes it, which the audit then says. `trim`: cut to the field's length.
 * `alias`: another name for a value that the field's list does not have.
 */
const ourRule = z
  .strictObject({
    own: fieldMode.exclude(["crm"]),
    value: fieldValue,
    trim: z.boolean().optional(),
    alias: z.record(z.string(), z.string()).optional(),
    note,
  })
  .superRefine(({ value, trim }, context) => {
    if (trim === true && holdsKey(value))
      context.addIssue({ code: "custom", path: ["trim"], message: "would cut the key by which a call is found again" });
  });
const fieldRule = z.discriminatedUnion("own", [z.strictObject({ own: z.literal("crm"), note }), ourRule]);
export type FieldRule = Readonly<z.infer<typeof fieldRule>>;

/** Names as vendors have them (`hs_timestamp`, `CallLedger_Key__c`, `$se_module`, 40 hex digits): never `__proto__`. */
const vendorName = z
  .string()
  .regex(/^[A-Za-z0-9$][\w$.-]*$/, "is no field name: letters, digits, underscores, $ first or within");

/** The field contract of one integration: for each object of the CRM the fields we know, whose they are and what we write. A field not named here is never written. */
export const ownershipContract = z.strictObject({
  version: z.literal(1),
  crm: crmType,
  objects: z.record(vendorName, z.strictObject({ fields: z.record(vendorName, fieldRule) })),
});
export type OwnershipContract = Readonly<z.infer<typeof ownershipContract>>;

/** The rule of a field, or undefined where the contract does not name it. Keys of the prototype are no fields. */
export function ruleOf(contract: OwnershipContract, object: string, field: string): FieldRule | undefined {
  const fields = Object.hasOwn(contract.objects, object) ? contract.objects[object]?.fields : undefined;
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** Whether the contract has us write a field. */
export function isWritten(contract: OwnershipContract, object: string, field: string): boolean {
  const rule = ruleOf(contract, object, field);
  return rule !== undefined && rule.own !== "crm";
}

declare const filtered: unique symbol;
/** What a body is for: a record that is not there yet, or a change of one that was read right before. */
export type BodyOperation = "create" | "update";

/**
 * A request body that passed the ownership filter. Only `filterBody` makes one; connectors take no other, and none that
 * was made for a first write where a record is changed.
 */
export type FilteredBody<O extends BodyOperation = BodyOperation> = Readonly<Record<string, string>> & {
  readonly [filtered]: O;
};

/** Why a wanted field is not in the body. `not_read`: an update may not touch what it does not know. `settled`: a person left it to the CRM. */
export type KeptField = Readonly<{
  field: string;
  why: "not_in_contract" | "crm" | "not_blank" | "conflict" | "unchanged" | "not_read" | "settled";
}>;

/** A field of ours that somebody else changed: what we would write, and what the CRM holds (null: nothing). */
export type FieldConflict = Readonly<{ field: string; ours: string; theirs: string | null }>;

/**
 * What a person decided about a conflict. `keep_theirs`: the field of this record is left to the CRM. `use_ours`: what the
 * CRM held then (`theirs`) may be overwritten; whatever else it holds may not.
 */
export type Settlement = Readonly<{ verdict: "keep_theirs" } | { verdict: "use_ours"; theirs: string | null }>;

type AskedFields = Readonly<{
  contract: OwnershipContract;
  /** Vendor's name of the object, as in the contract (`calls`). */
  object: string;
  /** Values to bring over, by vendor field. */
  wanted: Readonly<Record<string, string>>;
}>;

/** A change cannot be asked for without what the CRM holds and what we pushed: recovery and replay included. */
export type UpdateAsk = AskedFields &
  Readonly<{
    operation: "update";
    /** What the CRM holds now. Null is an empty field; a field that is missing was not read. */
    remote: Readonly<Record<string, string | null>>;
    /** What we last pushed, by field. */
    pushed: Readonly<Record<string, string>>;
    /** What people decided, by field. */
    settled?: Readonly<Record<string, Settlement>>;
  }>;
export type CreateAsk = AskedFields & Readonly<{ operation: "create" }>;
export type FilterAsk = CreateAsk | UpdateAsk;

export type FilterAnswer<O extends BodyOperation> = Readonly<{
  body: FilteredBody<O>;
  kept: readonly KeptField[];
  conflicts: readonly FieldConflict[];
}>;

type Decision = Readonly<{ write: string } | { keep: KeptField["why"] }>;

const own = <T>(values: Readonly<Record<string, T>> | undefined, field: string): T | undefined =>
  values !== undefined && Object.hasOwn(values, field) ? values[field] : undefined;

/** Whether `text` holds `part` as whole lines. */
export const hasLines = (text: string, part: string): boolean => `\n${text}\n`.includes(`\n${part}\n`);

function append(remote: string, wanted: string, pushed: string): Decision {
  // Added once: where it was pushed and is gone, a person took it out.
  if (wanted === "" || hasLines(remote, wanted) || hasLines(pushed, wanted)) return { keep: "unchanged" };
  return { write: remote === "" ? wanted : `${remote}\n${wanted}` };
}

function decide(rule: FieldRule | undefined, ask: FilterAsk, field: string, wanted: string): Decision {
  if (rule === undefined) return { keep: "not_in_contract" };
  if (rule.own === "crm") return { keep: "crm" };
  if (ask.operation === "create") return { write: wanted };
  const held = own(ask.remote, field);
  if (held === undefined) return { keep: "not_read" };
  const remote = held ?? "";
  const pushed = own(ask.pushed, field) ?? "";
  if (rule.own === "append") return append(remote, wanted, pushed);
  if (remote === wanted) return { keep: "unchanged" };
  if (rule.own === "fill-blank") return remote === "" ? { write: wanted } : { keep: "not_blank" };
  const settled = own(ask.settled, field);
  if (settled?.verdict === "keep_theirs") return { keep: "settled" };
  const mayOverwrite = settled !== undefined && remote === (settled.theirs ?? "");
  return remote === pushed || mayOverwrite ? { write: wanted } : { keep: "conflict" };
}

/**
 * The one place where a request body is built. The body holds exactly the wanted fields that the contract gives us in
 * this operation; `kept` names every other wanted field and why it stays as the CRM has it, `conflicts` those of ours that
 * somebody else changed.
 */
export function filterBody<A extends FilterAsk>(ask: A): FilterAnswer<A["operation"]> {
  const written: (readonly [string, string])[] = [];
  const kept: KeptField[] = [];
  const conflicts: FieldConflict[] = [];
  for (const field of Object.keys(ask.wanted)) {
    const wanted = ask.wanted[field] ?? "";
    const decision = decide(ruleOf(ask.contract, ask.object, field), ask, field, wanted);
    if ("write" in decision) {
      written.push([field, decision.write]);
      continue;
    }
    kept.push({ field, why: decision.keep });
    if (decision.keep === "conflict" && ask.operation === "update")
      conflicts.push({ field, ours: wanted, theirs: own(ask.remote, field) ?? null });
  }
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the brand exists only in the type; this is the one place that grants it
  return { body: Object.fromEntries(written) as FilteredBody<A["operation"]>, kept, conflicts };
}
