import { parseJsonBody, type SandboxRequest } from "../core/message.ts";
import type { ZohoConfig } from "./configuration.ts";
import { parseCoqlLimit } from "./coql-limit.ts";

/** `isHeavy`: counts among the heavy calls, of which few may run at once. */
export type RequestCost = { readonly credits: number; readonly isHeavy: boolean };

const light = (credits: number): RequestCost => ({ credits, isHeavy: false });

/** What the CRM charges for a request, by its method, path and size. `endpoint` is the route's pattern. */
export function costOf(endpoint: string, request: SandboxRequest, config: ZohoConfig): RequestCost {
  switch (endpoint.replace(/^(\w+) \/crm\/(bulk\/)?:version/, "$1 $2")) {
    case "POST /:module":
    case "PUT /:module":
    case "PUT /:module/:id":
    case "POST /:module/upsert":
      return writeCost(request, config);
    case "POST /coql":
      return { credits: coqlCredits(request, config), isHeavy: true };
    case "GET /:module/deleted":
      return light(2);
    case "GET /:module":
      return light(request.query.has("cvid") ? 3 : 1);
    case "POST /__composite_requests":
      return light(config.compositeCreditsAdd ? 1 + countItems(request, "__composite_requests") : 1);
    case "POST /Leads/:id/actions/convert":
      return { credits: 5, isHeavy: true };
    case "POST bulk//read":
      return light(50);
    case "POST bulk//write":
      return light(500);
    default:
      return light(1);
  }
}

function writeCost(request: SandboxRequest, { heavyFromRecords }: ZohoConfig): RequestCost {
  const records = countItems(request, "data");
  return { credits: Math.max(Math.ceil(records / 10), 1), isHeavy: records >= heavyFromRecords };
}

function countItems(request: SandboxRequest, key: string): number {
  const parsed = parseJsonBody(request);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) return 1;
  const items: unknown = new Map<string, unknown>(Object.entries(parsed.value)).get(key);
  return Array.isArray(items) ? items.length : 1;
}

/** A page of up to 200 rows costs 1; larger limits more, by the configured steps. */
function coqlCredits(request: SandboxRequest, { coqlCreditSteps }: ZohoConfig): number {
  const rows = parseCoqlLimit(request);
  const step = coqlCreditSteps.find(([upTo]) => rows <= upTo) ?? coqlCreditSteps.at(-1);
  return step?.[1] ?? 1;
}
