import { z } from "zod";
import type { Company } from "./company.ts";
import { badRequest } from "./refusal.ts";

const position = z.strictObject({
  field: z.string(),
  value: z.union([z.string(), z.number()]),
  direction: z.enum(["asc", "desc"]),
  id: z.number(),
  at: z.number(),
});
/** Where a page ended; the next one begins after it, whatever was written meanwhile. */
export type Position = z.infer<typeof position>;

export function toCursor(at: Position): string {
  return Buffer.from(JSON.stringify(at)).toString("base64url");
}

/** Throws a `Refusal` for a cursor that is none, of another order, or too old. */
export function fromCursor({ clock, config }: Company, text: string, field: string): Position {
  const parsed = position.safeParse(parse(text));
  if (!parsed.success || parsed.data.field !== field) throw badRequest("cursor: the cursor is not valid");
  const { cursorTtlMs } = config.current();
  if (cursorTtlMs !== null && parsed.data.at + cursorTtlMs <= clock.now())
    throw badRequest("cursor: the cursor has expired");
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
