import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { AssociationType } from "./association-types.ts";
import { attempt, checkBatchSize, toBatchAnswer } from "./batch-frame.ts";
import { objectParam, param, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { checkEnds, endsOf } from "./link-endpoints.ts";
import { idInput } from "./link-input.ts";
import { toLinkedRecords } from "./link-wire.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { requireRecord } from "./record-finder.ts";
import { linkRecords } from "./record-links.ts";
import { toWireRecord } from "./record-wire.ts";
import { invalid, Refusal, toBatchError } from "./refusal.ts";

const end = z.object({ id: idInput });
const readInput = z.object({ inputs: z.array(end) });
const writeInput = z.object({ inputs: z.array(z.object({ from: end, to: end, type: z.string().min(1) })) });
type Row = z.output<typeof writeInput>["inputs"][number];

function objectsOf(call: HubCall): { readonly from: ObjectName; readonly to: ObjectName } {
  return { from: objectParam(call, "from"), to: objectParam(call, "to") };
}

/** v3 names a type of link (`contact_to_company`) or gives its id as text. */
function findType({ types }: Portal, from: ObjectName, to: ObjectName, word: string): AssociationType {
  const found = types.list(from, to).find(({ name, typeId }) => name === word || String(typeId) === word);
  if (found === undefined) throw invalid(`${word} is no association type between these objects.`);
  return found;
}

/** One link of v3, whose type stands in the path by its name or its id. */
export function namedLinkRoutes(portal: Portal): readonly HubRoute[] {
  const at = "/crm/objects/:version/:from/:fromId/associations/:to/:toId/:type";
  return [
    route("PUT", at, "link-write", (call) => {
      const ends = endsOf(call);
      const type = findType(portal, ends.from, ends.to, param(call, "type"));
      checkEnds(portal, ends);
      linkRecords(portal, type, ends.fromId, ends.toId);
      const record = requireRecord(portal, ends.from, { id: ends.fromId });
      return toJsonAnswer(200, toWireRecord(portal, record, { associations: [ends.to] }));
    }),
    route("DELETE", at, "link-write", (call) => {
      const ends = endsOf(call);
      const type = findType(portal, ends.from, ends.to, param(call, "type"));
      checkEnds(portal, ends);
      portal.graph.unlink(ends.from, ends.fromId, ends.to, ends.toId, type);
      return toEmptyAnswer(204);
    }),
  ];
}

/** The batch of v3, which knows names where v4 knows type ids. */
export function readNamedLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const { inputs } = parseBody(call, readInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchReadMax);
  const results = inputs.map(({ id }) => ({
    from: { id },
    to: toLinkedRecords(portal, from, id, to).map(({ toObjectId }) => ({
      id: toObjectId,
      type: portal.types.unlabelled(from, to).name,
    })),
  }));
  return toBatchAnswer(
    portal,
    200,
    results.filter((row) => row.to.length > 0),
  );
}

export function createNamedLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const { inputs } = parseBody(call, writeInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  const results: object[] = [];
  const errors: object[] = [];
  const link = (row: Row): void => {
    const type = findType(portal, from, to, row.type);
    checkEnds(portal, { from, fromId: row.from.id, to, toId: row.to.id });
    linkRecords(portal, type, row.from.id, row.to.id);
  };
  for (const row of inputs) {
    const done = attempt(() => link(row));
    if (done instanceof Refusal)
      errors.push(toBatchError(done, { fromObjectId: [row.from.id], toObjectId: [row.to.id] }));
    else results.push(row);
  }
  return toBatchAnswer(portal, 201, results, errors);
}

export function archiveNamedLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, to } = objectsOf(call);
  const { inputs } = parseBody(call, writeInput);
  checkBatchSize(inputs.length, portal.config.current().associationBatchCreateMax);
  for (const row of inputs) portal.graph.unlink(from, row.from.id, to, row.to.id, findType(portal, from, to, row.type));
  return toEmptyAnswer(204);
}
