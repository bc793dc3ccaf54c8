import { z } from "zod";
import { toEmptyAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { attempt, checkBatchSize, toBatchAnswer } from "./batch-frame.ts";
import { objectParam, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { checkEnds } from "./link-endpoints.ts";
import { associationSpec, idInput, toAssociationType } from "./link-input.ts";
import { toDirectedRows, toLabelledPair, toLinkedRecords, toPage } from "./link-wire.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { archiveNamedLinks, createNamedLinks, readNamedLinks } from "./link-batches-v3.ts";
import { linkRecords } from "./record-links.ts";
import { Refusal, toBatchError } from "./refusal.ts";

const end = z.object({ id: idInput });
const readInput = z.object({ inputs: z.array(z.object({ id: idInput, after: z.string().regex(/^\d+$/).optional() })) });
const createInput = z.object({
  inputs: z.array(z.object({ from: end, to: end, types: z.array(associationSpec).min(1) })),
});
const defaultInput = z.object({ inputs: z.array(z.object({ from: end, to: end })) });
const archiveInput = z.object({ inputs: z.array(z.object({ from: end, to: z.array(end).min(1) })) });
const labelArchiveInput = createInput;

const pageSize = 500;

/** Links between many records of two objects at once. */
export function linkBatchRoutes(portal: Portal): readonly HubRoute[] {
  const base = "/crm/associations/:version/:from/:to/batch";
  return [
    route("POST", `${base}/read`, "link-read", (call) =>
      call.version === "v3" ? readNamedLinks(portal, call) : readLinks(portal, call),
    ),
    route("POST", `${base}/create`, "link-write", (call) =>
      call.version === "v3" ? createNamedLinks(portal, call) : createLinks(portal, call),
    ),
    route("POST", `${base}/associate/default`, "link-write", (call) => createDefaultLinks(portal, call)),
    route("POST", `${base}/archive`, "link-write", (call) =>
      call.version === "v3" ? archiveNamedLinks(portal, call) : archiveLinks(portal, call),
    ),
    route("POST", `${base}/labels/archive`, "link-write", (call) => archiveLabels(portal, call)),
  ];
}

function objectsOf(call: HubCall): { readonly from: ObjectName; readonly to: ObjectName } {
  return { from: objectParam(call, "from"), to: objectParam(call, "to") };
}

/** Records without such links are not among the results. */
function readLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const config = portal.config.current();
  checkRight(config, from, "read");
  const { inputs } = parseBody(call, readInput);
  checkBatchSize(inputs.length, config.associationBatchReadMax);
  const results: object[] = [];
  for (const { id, after } of inputs) {
    const { results: linked, next } = toPage(toLinkedRecords(portal, from, id, to), pageSize, Number(after ?? 0));
    if (linked.length === 0) continue;
    results.push({
      from: { id },
      to: linked,
      ...(next === undefined ? {} : { paging: { next: { after: next, link: `?after=${next}` } } }),
    });
  }
  return toBatchAnswer(portal, 200, results);
}

function createLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const { inputs } = parseBody(call, createInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  return linkEach(portal, inputs, 201, (input) => {
    const types = input.types.map((spec) => toAssociationType(portal, from, spec, to));
    checkEnds(portal, { from, fromId: input.from.id, to, toId: input.to.id });
    for (const type of types) linkRecords(portal, type, input.from.id, input.to.id);
    return [toLabelledPair(from, input.from.id, to, input.to.id, types)];
  });
}

function createDefaultLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const { inputs } = parseBody(call, defaultInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  const type = portal.types.unlabelled(from, to);
  return linkEach(portal, inputs, 200, (input) => {
    checkEnds(portal, { from, fromId: input.from.id, to, toId: input.to.id });
    linkRecords(portal, type, input.from.id, input.to.id);
    return toDirectedRows(type, input.from.id, input.to.id);
  });
}

type Ends = { readonly from: { readonly id: string }; readonly to: { readonly id: string } };

function linkEach<T extends Ends>(
  portal: Portal,
  inputs: readonly T[],
  status: number,
  link: (input: T) => readonly object[],
): SandboxAnswer {
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of inputs) {
    const done = attempt(() => link(input));
    if (done instanceof Refusal)
      errors.push(toBatchError(done, { fromObjectId: [input.from.id], toObjectId: [input.to.id] }));
    else results.push(...done);
  }
  return toBatchAnswer(portal, status, results, errors);
}

function archiveLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  checkRight(portal.config.current(), from, "edit");
  const { inputs } = parseBody(call, archiveInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  for (const input of inputs) for (const { id } of input.to) portal.graph.unlink(from, input.from.id, to, id);
  return toEmptyAnswer(204);
}

function archiveLabels(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  checkRight(portal.config.current(), from, "edit");
  const { inputs } = parseBody(call, labelArchiveInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  for (const input of inputs) {
    for (const spec of input.types)
      portal.graph.unlink(from, input.from.id, to, input.to.id, toAssociationType(portal, from, spec, to));
  }
  return toEmptyAnswer(204);
}
