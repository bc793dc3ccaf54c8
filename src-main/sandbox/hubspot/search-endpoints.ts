import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { objectParam, route, type HubCall, type HubRoute } from "./hub-call.ts";
import type { Portal } from "./portal.ts";
import { toWireRecord } from "./record-wire.ts";
import { runSearch } from "./search-engine.ts";
import { parseSearch } from "./search-request.ts";

export function searchRoutes(portal: Portal): readonly HubRoute[] {
  return [route("POST", "/crm/objects/:version/:object/search", "search", (call) => search(portal, call))];
}

function search(portal: Portal, call: HubCall): SandboxAnswer {
  const object = objectParam(call);
  checkRight(portal.config.current(), object, "read");
  const wanted = parseSearch(portal, object, call);
  const { total, records, next } = runSearch(portal, wanted);
  const results = records.map((record) => toWireRecord(portal, record, { properties: wanted.properties }));
  return toJsonAnswer(200, {
    total,
    results,
    ...(next === undefined ? {} : { paging: { next: { after: String(next) } } }),
  });
}
