import { z } from "zod";
import { crmType } from "./integration.ts";
import { fieldValue } from "./mapping.ts";

/**
 * Whose a field is. `agent`: ours, rewritten only while the CRM still holds what we last pushed. `fill-blank`: written
 * only into an empty field. `crm`: never written. `append`: added to, never replaced.
 */
export const fieldMode = z.enum(["agent", "fill-blank", "crm", "append"]);
export type FieldMode = z.infer<typeof fieldMode>;

const fieldRule = z.union([
  z.strictObject({ own: z.literal("crm"), note: z.string().optional() }),
  z.strictObject({ own: fieldMode.exclude(["crm"]), value: fieldValue, note: z.string().optional() }),
]);
export type FieldRule = Readonly<z.infer<typeof fieldRule>>;

/** The field contract of one integration: for each object of the CRM the fields we know, whose they are and what we write. A field not named here is never written. */
export const ownershipContract = z.strictObject({
  version: z.literal(1),
  crm: crmType,
  objects: z.record(z.string(), z.strictObject({ fields: z.record(z.string(), fieldRule) })),
});
export type OwnershipContract = Readonly<z.infer<typeof ownershipContract>>;

declare const filtered: unique symbol;
/** A request body that passed the ownership filter. Only `filterBody` makes one; connectors take no other. */
export type FilteredBody = Readonly<Record<string, string>> & { readonly [filtered]: true };

/** Why a wanted field is not in the body. */
export type KeptField = Readonly<{
  field: string;
  why: "not_in_contract" | "crm" | "not_blank" | "conflict" | "unchanged";
}>;

export type FilterAsk = Readonly<{
  contract: OwnershipContract;
  /** Vendor's name of the object, as in the contract (`calls`). */
  object: string;
  operation: "create" | "update";
  /** Values to bring over, by vendor field. */
  wanted: Readonly<Record<string, string>>;
  /** What the CRM holds now; needed for an update. */
  remote?: Readonly<Record<string, string | null>>;
  /** What we last pushed, by field. */
  pushed?: Readonly<Record<string, string>>;
}>;

type Decision = Readonly<{ write: string } | { keep: KeptField["why"] }>;

function decide(rule: FieldRule | undefined, ask: FilterAsk, field: string, wanted: string): Decision {
  if (rule === undefined) return { keep: "not_in_contract" };
  if (rule.own === "crm") return { keep: "crm" };
  if (ask.operation === "create") return { write: wanted };
  const remote = ask.remote?.[field] ?? "";
  if (rule.own === "fill-blank") return remote === "" ? { write: wanted } : { keep: "not_blank" };
  if (rule.own === "append")
    return remote.includes(wanted) ? { keep: "unchanged" } : { write: remote === "" ? wanted : `${remote}\n${wanted}` };
  if (remote === wanted) return { keep: "unchanged" };
  return remote === (ask.pushed?.[field] ?? "") ? { write: wanted } : { keep: "conflict" };
}

/**
 * The one place where a request body is built. The body holds exactly the wanted fields that the contract gives us in
 * this operation; `kept` names every other wanted field and why it stays as the CRM has it.
 */
export function filterBody(ask: FilterAsk): Readonly<{ body: FilteredBody; kept: readonly KeptField[] }> {
  const fields = ask.contract.objects[ask.object]?.fields ?? {};
  const body: Record<string, string> = {};
  const kept: KeptField[] = [];
  for (const [field, wanted] of Object.entries(ask.wanted)) {
    const decision = decide(Object.hasOwn(fields, field) ? fields[field] : undefined, ask, field, wanted);
    if ("write" in decision) body[field] = decision.write;
    else kept.push({ field, why: decision.keep });
  }
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the brand exists only in the type; this is the one place that grants it
  return { body: body as FilteredBody, kept };
}
