import { z } from "zod";
import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import type { Subject } from "./faults.ts";
import { crmPath } from "./wire.ts";

/** A row: the selected columns and `id`. Lookups come as objects, numbers as numbers. */
export const row = z.looseObject({ id: z.string().min(1) });
export type Row = Readonly<z.infer<typeof row>>;

const rows = z.looseObject({
  data: z.array(row),
  info: z.looseObject({ more_records: z.boolean().optional().catch(undefined) }).optional(),
});

/** Most rows of a page that costs one credit. */
export const pageMax = 200;

/** A text literal; quotes are doubled. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A moment as Zoho takes it in queries and headers: with an offset in figures, without fractions. */
export const toTime = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, "+00:00");

export const isIn = (column: string, values: readonly string[]): string =>
  `${column} in (${values.map(quote).join(", ")})`;

/** Alternatives, nested in pairs as COQL wants them. */
export function anyOf(conditions: readonly string[]): string {
  const [first, second, ...rest] = conditions;
  if (first === undefined) throw new Error("a condition is missing");
  if (second === undefined) return first;
  return anyOf([`(${first} or ${second})`, ...rest]);
}

export type Query = Readonly<{
  columns: readonly string[];
  module: string;
  where: string;
  /** Rows at most; the default costs one credit. */
  limit?: number;
  order?: string;
  cost?: Cost;
  /** What a refusal would be about. */
  subject: Subject;
  /** Shows nothing of anybody's records (see the port). */
  aboutAccount?: boolean;
}>;

/** Committed records that fit, never the search index. No row is an empty list. */
export async function query(
  client: Client,
  session: CrmSession,
  ask: Query,
): Promise<Outcome<Readonly<{ rows: readonly Row[]; hasMore: boolean }>, Refusal>> {
  const columns = [...new Set(["id", ...ask.columns])].join(", ");
  const order = ask.order === undefined ? "" : ` order by ${ask.order}`;
  const text = `select ${columns} from ${ask.module} where ${ask.where}${order} limit 0, ${ask.limit ?? pageMax}`;
  const reply = await client.call(session, {
    method: "POST",
    path: crmPath("coql"),
    body: { select_query: text },
    kind: "read",
    subject: ask.subject,
    schema: rows,
    aboutAccount: ask.aboutAccount === true,
    empty: { data: [] },
    ...(ask.cost === undefined ? {} : { cost: ask.cost }),
  });
  if (!reply.ok) return reply;
  const { data, info } = reply.value.value;
  return { ok: true, value: { rows: data, hasMore: info?.more_records === true } };
}

/** The id inside a lookup's value, or null where it is empty. */
export function lookupId(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value !== "object" || value === null || !("id" in value)) return null;
  return typeof value.id === "string" && value.id !== "" ? value.id : null;
}

/** A column as text, or null where it is empty or no text. */
export function textOf(found: Row, column: string): string | null {
  const value = found[column];
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
