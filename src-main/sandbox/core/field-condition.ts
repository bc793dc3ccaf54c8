import { z } from "zod";

const operator = z.enum(["blank", "notBlank", "eq", "ne", "lt", "gt", "matches", "notMatches"]);

/** When an admin's rule bites, judged on the record as the write would leave it. `matches` takes a regular expression. */
export const fieldCondition = z
  .strictObject({
    field: z.string().min(1),
    op: operator,
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  })
  .refine(({ op, value }) => op === "blank" || op === "notBlank" || value !== undefined, {
    path: ["value"],
    message: "is needed for this op",
  })
  .refine(({ op, value }) => (op !== "matches" && op !== "notMatches") || isExpression(String(value)), {
    path: ["value"],
    message: "is no regular expression",
  });
export type FieldCondition = z.infer<typeof fieldCondition>;

/** Whether the condition holds for a field's value; numbers are compared as numbers where both sides are. */
export function conditionHolds({ op, value }: FieldCondition, found: unknown): boolean {
  const text = toText(found);
  const wanted = toText(value);
  switch (op) {
    case "blank":
      return text === "";
    case "notBlank":
      return text !== "";
    case "eq":
      return text === wanted;
    case "ne":
      return text !== wanted;
    case "lt":
      return text !== "" && compare(text, wanted) < 0;
    case "gt":
      return text !== "" && compare(text, wanted) > 0;
    case "matches":
      return new RegExp(wanted).test(text);
    case "notMatches":
      return !new RegExp(wanted).test(text);
  }
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function compare(left: string, right: string): number {
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return left < right ? -1 : Number(left > right);
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
