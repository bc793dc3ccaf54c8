import { headerOf, type SandboxAnswer } from "../core/message.ts";
import { ok, param, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { orgTable } from "./org-tables.ts";
import { toLongId } from "./record-id.ts";
import { Refusal } from "./refusal.ts";
import { parseSoql } from "./soql-parser.ts";
import { runSoql } from "./soql-run.ts";
import { malformed } from "./soql-words.ts";

const largestPage = 2000;
const smallestPage = 200;

type OpenQuery = { readonly records: readonly object[]; readonly page: number; readonly openedAt: number };

export type QueryCursors = { readonly routes: readonly OrgRoute[]; readonly clear: () => void };

/** SOQL with its pages: the rest of a long answer is kept for a while under a locator. */
export function createQueries(org: Org): QueryCursors {
  const open = new Map<string, OpenQuery>();
  let nextLocator = 1;
  const start = (call: OrgCall, all: boolean): SandboxAnswer => {
    const text = call.request.query.get("q");
    if (text === null || text.trim() === "") throw malformed("The q parameter is needed and holds the query.");
    const { base } = call;
    const result = runSoql((name) => orgTable(org, name, base), parseSoql(text), { all, now: org.clock.now() });
    if (result.kind === "count") return ok({ totalSize: result.count, done: true, records: [] });
    const page = pageSize(call);
    if (result.records.length <= page) return ok(toPage(result.records, undefined, result.records.length));
    const id = toLongId(`01g5g00000${String(nextLocator++).padStart(5, "0")}`);
    open.set(id, { records: result.records, page, openedAt: org.clock.now() });
    return toNextPage(call, id, 0);
  };
  const toNextPage = (call: OrgCall, id: string, from: number): SandboxAnswer => {
    const query = open.get(id);
    const isOver = query === undefined || query.openedAt + org.config.current().queryCursorTtlMs <= org.clock.now();
    if (isOver || from >= query.records.length)
      throw new Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    const to = from + query.page;
    const next = to < query.records.length ? `${call.base}/query/${id}-${to}` : undefined;
    return ok(toPage(query.records.slice(from, to), next, query.records.length));
  };
  const resume = (call: OrgCall): SandboxAnswer => {
    const [, id = "", from = ""] = /^(\w{18})-(\d+)$/.exec(param(call, "locator")) ?? [];
    return toNextPage(call, id, from === "" ? Number.MAX_SAFE_INTEGER : Number(from));
  };
  return {
    routes: [
      route("GET", "/query", (call) => start(call, false)),
      route("GET", "/queryAll", (call) => start(call, true)),
      route("GET", "/query/:locator", resume),
      route("GET", "/queryAll/:locator", resume),
    ],
    clear: () => {
      open.clear();
      nextLocator = 1;
    },
  };
}

function toPage(records: readonly object[], nextRecordsUrl: string | undefined, totalSize: number): object {
  const next = nextRecordsUrl === undefined ? {} : { nextRecordsUrl };
  return { totalSize, done: nextRecordsUrl === undefined, ...next, records };
}

function pageSize({ request }: OrgCall): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(headerOf(request, "sforce-query-options") ?? "")?.[1];
  return asked === undefined ? largestPage : Math.min(Math.max(Number(asked), smallestPage), largestPage);
}
