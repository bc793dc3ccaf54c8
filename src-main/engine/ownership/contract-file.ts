import { LineCounter, type Document, type Node, isMap, isNode, isScalar, parseDocument, stringify, visit } from "yaml";
import type { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { ownershipContract, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";

/** One thing that is wrong in a contract file. `line`: 1-based; `path`: as `objects.calls.fields.hs_call_title`. */
export type ContractProblem = Readonly<{ line: number | null; path: string; message: string }>;

/** A text that is no contract, with everything that is wrong with it. */
export type ContractFault = Readonly<{ kind: "contract_invalid"; problems: readonly ContractProblem[] }>;

/** A contract file is small; whatever is larger is another file. */
const maxLength = 256 * 1024;

type Path = readonly PropertyKey[];
type Finding = Readonly<{ path: Path; message: string }>;

/** Reads a contract as people write it (YAML). Every problem is told with its line; nothing of a faulty file is used. */
export function parseContract(text: string): Outcome<OwnershipContract, ContractFault> {
  const lines = new LineCounter();
  if (text.length > maxLength) return invalid([{ line: null, path: "", message: "is too large for a field contract" }]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      line: lines.linePos(pos[0]).line,
      path: "",
      message,
    }));
    return invalid(problems);
  }
  const hidden = findPrototypeKeys(document, lines);
  if (hidden.length > 0) return invalid(hidden);
  const parsed = ownershipContract.safeParse(toPlain(document));
  if (parsed.success) return { ok: true, value: parsed.data };
  const findings = parsed.error.issues.flatMap((issue) => flatten(issue));
  return invalid(
    findings.map(({ path, message }) => ({
      line: lineOf(document, path, lines),
      path: path.map(String).join("."),
      message,
    })),
  );
}

/** The contract as a YAML file that people can edit, fields in their order. */
export function formatContract(contract: OwnershipContract): string {
  return stringify(contract, { lineWidth: 120 });
}

/** All problems as lines of text for a terminal. */
export function describeProblems(problems: readonly ContractProblem[]): string {
  return problems
    .map(({ line, path, message }) =>
      [line === null ? "" : `line ${line}: `, path === "" ? "" : `${path}: `, message].join(""),
    )
    .join("\n");
}

const invalid = (problems: readonly ContractProblem[]): Outcome<never, ContractFault> => ({
  ok: false,
  fault: { kind: "contract_invalid", problems },
});

/** Aliases are refused: a contract needs none, and a few lines of them can grow to gigabytes. */
function toPlain(document: Document.Parsed): unknown {
  try {
    const plain: unknown = document.toJS({ maxAliasCount: 0 });
    return plain;
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** Keys that a plain object would swallow silently. */
function findPrototypeKeys(document: Document.Parsed, lines: LineCounter): readonly ContractProblem[] {
  const found: ContractProblem[] = [];
  visit(document, {
    Pair: (_index, { key }) => {
      if (isScalar(key) && key.value === "__proto__")
        found.push({ line: startLine(key, lines), path: "", message: "__proto__ is no field name" });
    },
  });
  return found;
}

const startLine = (node: Node, lines: LineCounter): number | null =>
  node.range === null || node.range === undefined ? null : lines.linePos(node.range[0]).line;

/** The line of the key at a path, or of the nearest part of the path that is there. */
function lineOf(document: Document.Parsed, path: Path, lines: LineCounter): number | null {
  let node: unknown = document.contents;
  let line = isNode(node) ? startLine(node, lines) : null;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    if (pair === undefined) break;
    if (isNode(pair.key)) line = startLine(pair.key, lines) ?? line;
    node = pair.value;
  }
  return line;
}

/** A zod issue as sentences; of a union the branch that the file seems to mean. */
function flatten(issue: z.core.$ZodIssue, base: Path = []): readonly Finding[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issue.message }];
  const meant = issue.errors.filter((branch) => !branch.some(({ code }) => code === "unrecognized_keys"));
  const branch = meant.length === 1 ? meant[0] : undefined;
  if (branch === undefined) return [{ path, message: "is none of the forms allowed here" }];
  return branch.flatMap((inner) => flatten(inner, path));
}
