import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import {
  checkReferenceIds,
  runSubrequests,
  subrequest,
  toHalted,
  type SubDispatch,
  type Subrequest,
} from "./composite-endpoints.ts";
import { referencesIn } from "./composite-reference.ts";
import { ok, parseBody, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import { createTransaction } from "./transaction.ts";

const graph = z.object({ graphId: z.string().min(1), compositeRequest: z.array(subrequest) });
const graphBody = z.object({ graphs: z.array(graph) });
type Graph = z.output<typeof graph>;

const maxNodes = 500;
const maxGraphs = 75;
const maxDepth = 15;
const maxKinds = 15;
/** One more failed graph stops those that follow. */
const maxFailed = 14;

/** Many small transactions in one call, each of them all or nothing. */
export function graphRoutes(org: Org, dispatch: SubDispatch): readonly OrgRoute[] {
  return [route("POST", "/composite/graph", (call) => answerGraphs(org, call, dispatch))];
}

function answerGraphs(org: Org, call: OrgCall, dispatch: SubDispatch): SandboxAnswer {
  const { graphs } = parseBody(call, graphBody);
  checkPayload(graphs);
  let failedGraphs = 0;
  const answered = graphs.map(({ graphId, compositeRequest }) => {
    if (failedGraphs > maxFailed) return toGraph(graphId, compositeRequest.map(toHalted), false);
    const tx = createTransaction(org.records);
    const { results, failed } = runSubrequests(org, compositeRequest, { allOrNone: true, dispatch, tx });
    tx.commit();
    if (failed) failedGraphs += 1;
    return toGraph(graphId, results, !failed);
  });
  return ok({ graphs: answered });
}

function toGraph(graphId: string, compositeResponse: readonly object[], isSuccessful: boolean): object {
  return { graphId, graphResponse: { compositeResponse }, isSuccessful };
}

function checkPayload(graphs: readonly Graph[]): void {
  const nodes = graphs.reduce((sum, { compositeRequest }) => sum + compositeRequest.length, 0);
  if (graphs.length > maxGraphs) throw limit("graphs", maxGraphs, graphs.length);
  if (nodes > maxNodes) throw limit("nodes", maxNodes, nodes);
  const doubled = graphs.find(({ graphId }, at) => graphs.findIndex((other) => other.graphId === graphId) !== at);
  if (doubled !== undefined) throw new Refusal(400, "INVALID_INPUT", `Duplicate graphId provided: ${doubled.graphId}`);
  for (const { compositeRequest } of graphs) {
    checkReferenceIds(compositeRequest);
    const kinds = new Set(compositeRequest.map(toKind));
    if (kinds.size > maxKinds) throw limit("different nodes in a graph", maxKinds, kinds.size);
    const depth = depthOf(compositeRequest);
    if (depth > maxDepth) throw limit("depth of a graph", maxDepth, depth);
  }
}

function limit(what: string, max: number, found: number): Refusal {
  return new Refusal(400, "INVALID_BATCH_SIZE", `The limit of ${max} for ${what} is exceeded: ${found}.`);
}

/** Nodes are alike when they do the same to the same object. */
function toKind({ method, url }: Subrequest): string {
  const [, object = url] = /\/sobjects\/(\w+)/.exec(url) ?? [];
  return `${method} ${object}`;
}

/** The longest chain of subrequests that refer to one another. */
function depthOf(subrequests: readonly Subrequest[]): number {
  const depths = new Map<string, number>();
  for (const { referenceId, url, body } of subrequests) {
    const below = referencesIn([url, body]).map((reference) => depths.get(reference) ?? 0);
    depths.set(referenceId, Math.max(0, ...below) + 1);
  }
  return Math.max(0, ...depths.values());
}
