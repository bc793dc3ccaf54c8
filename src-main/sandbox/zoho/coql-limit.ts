import { parseJsonBody, type SandboxRequest } from "../core/message.ts";

const defaultRows = 200;

/** Rows that a COQL query asks for, read without parsing the whole query: its price is due even when it is wrong. */
export function parseCoqlLimit(request: SandboxRequest): number {
  const parsed = parseJsonBody(request);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) return defaultRows;
  const query = "select_query" in parsed.value ? parsed.value.select_query : undefined;
  if (typeof query !== "string") return defaultRows;
  const found = /\blimit\s+(\d+)(?:\s*,\s*(\d+))?(?:\s+offset\s+\d+)?\s*$/i.exec(query.trim());
  return Number(found?.[2] ?? found?.[1] ?? defaultRows);
}
