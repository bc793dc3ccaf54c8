import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { findChildren } from "./child-relationships.ts";
import { objectParam, parseBody, route, writeContext, type OrgCall, type OrgRoute } from "./org-call.ts";
import { toObjectName, type ObjectName } from "./object-types.ts";
import type { Org } from "./org.ts";
import { createRecord, type WriteContext } from "./record-writer.ts";
import { badJson, badRecord, Refusal, toRowError, type RowError } from "./refusal.ts";

const maxRecords = 200;
const maxDepth = 5;
const maxTypes = 5;

const node = z.looseObject({ attributes: z.looseObject({ type: z.string(), referenceId: z.string().min(1) }) });
const treeBody = z.object({ records: z.array(node).min(1) });
const children = z.object({ records: z.array(node) });
type TreeNode = z.output<typeof node>;

/** One record of a tree with what hangs on it. */
type Branch = {
  readonly object: ObjectName;
  readonly reference: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly below: readonly { readonly field: string; readonly branches: readonly Branch[] }[];
};

/** Records with their children and children's children in one call: all of them are created, or none. */
export function treeRoutes(org: Org): readonly OrgRoute[] {
  return [route("POST", "/composite/tree/:object", (call) => createTree(org, call))];
}

type Result = { readonly referenceId: string; readonly id?: string; readonly errors?: readonly RowError[] };

function createTree(org: Org, call: OrgCall): SandboxAnswer {
  const object = objectParam(org, call);
  const branches = parseBody(call, treeBody).records.map((given) => toBranch(org, given, object, 1));
  const all = branches.flatMap(flatten);
  checkTree(all);
  const context = writeContext(call, all.length);
  const start = call.tx.mark();
  const results: Result[] = [];
  for (const branch of branches) plant(org, branch, {}, context, results);
  const failed = results.filter(({ errors }) => errors !== undefined);
  if (failed.length === 0) return toJsonAnswer(201, { hasErrors: false, results });
  call.tx.rollBack(start);
  return toJsonAnswer(400, { hasErrors: true, results: failed });
}

function toBranch(org: Org, { attributes, ...given }: TreeNode, object: ObjectName, depth: number): Branch {
  const own = toObjectName(attributes.type);
  if (own !== object)
    throw badRecord("INVALID_INPUT", `The type ${attributes.type} of ${attributes.referenceId} should be ${object}.`);
  if (depth > maxDepth) throw badRecord("INVALID_INPUT", `A tree may have ${maxDepth} levels at most.`);
  const below: Branch["below"][number][] = [];
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const child = findChildren(org, object, name);
    if (child === undefined) {
      fields[name] = value;
      continue;
    }
    const parsed = children.safeParse(value);
    if (!parsed.success) throw badJson(`${name}: records are missing, or one of them has no type or referenceId`);
    const branches = parsed.data.records.map((each) => toBranch(org, each, child.object, depth + 1));
    below.push({ field: child.field, branches });
  }
  return { object, reference: attributes.referenceId, fields, below };
}

function flatten(branch: Branch): readonly Branch[] {
  return [branch, ...branch.below.flatMap(({ branches }) => branches.flatMap(flatten))];
}

function checkTree(all: readonly Branch[]): void {
  if (all.length > maxRecords)
    throw badRecord("INVALID_INPUT", `A request may have ${maxRecords} records at most, in all trees together.`);
  const types = new Set(all.map(({ object }) => object));
  if (types.size > maxTypes) throw badRecord("INVALID_INPUT", `A tree may have ${maxTypes} types at most.`);
  const doubled = all.find(({ reference }, at) => all.findIndex((other) => other.reference === reference) !== at);
  if (doubled !== undefined) throw badRecord("INVALID_INPUT", `Duplicate ReferenceId provided: ${doubled.reference}`);
}

/** What hangs on a record that cannot be created is not tried. */
function plant(
  org: Org,
  { object, reference, fields, below }: Branch,
  link: Readonly<Record<string, string>>,
  context: WriteContext,
  results: Result[],
): void {
  try {
    const { id } = createRecord(org, object, { ...fields, ...link }, context);
    results.push({ referenceId: reference, id });
    for (const { field, branches } of below)
      for (const branch of branches) plant(org, branch, { [field]: id }, context, results);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    results.push({ referenceId: reference, errors: [toRowError(error)] });
  }
}
