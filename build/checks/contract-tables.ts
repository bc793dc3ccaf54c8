import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectorKinds } from "../../src-main/connectors/registry.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import { toContractLines } from "../../src-main/engine/ownership/contract-sheet.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import { projectRoot } from "./project-files.ts";

/** Where a CRM's table stands in its document. */
export const documentOf = (crm: CrmType): string => `docs/connectors/${crm}.md`;
const begin = "<!-- contract: made by `npm run docs:contracts` -->";
const end = "<!-- /contract -->";

const cell = (text: string): string =>
  text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("|", String.raw`\|`)
    .replaceAll("<", "&lt;");

/** A Markdown table whose columns are of equal width, as the formatter leaves it. */
function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows.map(toLine);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

/** The default contract of a CRM, field by field. */
export function drawContract(crm: CrmType): string {
  const parsed = parseContract(connectorKinds[crm]?.readDefaultContract({}) ?? "");
  if (!parsed.ok) throw new Error(`the default contract of ${crm} does not parse`);
  const rows = toContractLines(parsed.value).map(({ object, field, own, value, note }) => [
    object,
    `\`${field}\``,
    `\`${own}\``,
    cell(value),
    cell(note),
  ]);
  return toTable([["object", "field", "whose", "what is written", "note"], ...rows]);
}

/** The document with the table between its marks replaced. Throws where the marks are missing. */
export function putContract(document: string, table: string): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error("the document lacks the marks of the contract");
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

if (import.meta.main) {
  for (const crm of ["hubspot", "salesforce", "zoho", "pipedrive"] as const) {
    const file = join(projectRoot, documentOf(crm));
    writeFileSync(file, putContract(readFileSync(file, "utf8"), drawContract(crm)));
  }
}
