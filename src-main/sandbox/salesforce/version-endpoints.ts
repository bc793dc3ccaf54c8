import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { dailyBatches } from "./bulk-endpoints.ts";
import type { SalesforceConfig } from "./configuration.ts";
import { ok, route, type OrgRoute } from "./org-call.ts";
import { originOf } from "./oauth-refusal.ts";
import { apiUser, orgId, type Org } from "./org.ts";
import { notFound, Refusal } from "./refusal.ts";

/** Version 31.0 came in Summer '14; three come a year. */
const firstVersion = 31;
const seasons = ["Summer", "Winter", "Spring"] as const;

/** `Summer '26` of 67.0. */
function toLabel(version: number): string {
  const since = version - firstVersion;
  const season = seasons[since % 3] ?? "Summer";
  const year = 14 + Math.floor(since / 3) + (season === "Summer" ? 0 : 1);
  return `${season} '${year}`;
}

/** Every version that is answered; nobody needs to sign in to see them. */
export function listVersions({ apiVersionMin, apiVersionMax }: SalesforceConfig): SandboxAnswer {
  const versions = [];
  for (let version = Number(apiVersionMin); version <= Number(apiVersionMax); version += 1)
    versions.push({ label: toLabel(version), url: `/services/data/v${version}.0`, version: `${version}.0` });
  return toJsonAnswer(200, versions);
}

/** Throws the `Refusal` of a version that is retired, or not there yet. */
export function checkVersion(version: string, { apiVersionMin, apiVersionMax }: SalesforceConfig): void {
  if (Number(version) > Number(apiVersionMax)) throw notFound();
  if (Number(version) < Number(apiVersionMin))
    throw new Refusal(410, "UNSUPPORTED_API_VERSION", `API version v${version} is retired. Use a supported version.`);
}

const resourceNames = [
  "sobjects",
  "query",
  "queryAll",
  "search",
  "parameterizedSearch",
  "limits",
  "tooling",
  "composite",
  "jobs",
] as const;

/** What a version consists of, and the org's limits. */
export function rootRoutes(
  org: Org,
  daily: () => { readonly used: number; readonly limit: number },
  bulkBatchesLeft: () => number,
): readonly OrgRoute[] {
  return [
    route("GET", "", ({ base, request }) => {
      const resources = resourceNames.map((name) => [name, `${base}/${name}`] as const);
      return ok({ ...Object.fromEntries(resources), identity: `${originOf(request)}/id/${orgId}/${apiUser.id}` });
    }),
    route("GET", "/limits", () => {
      const { used, limit } = daily();
      const full = org.config.current().storageFull;
      const allowance = (max: number, left = max) => ({ Max: max, Remaining: left });
      return ok({
        DailyApiRequests: allowance(limit, Math.max(limit - used, 0)),
        DailyBulkApiBatches: allowance(dailyBatches, bulkBatchesLeft()),
        DailyBulkV2QueryJobs: allowance(10_000),
        DailyBulkV2QueryFileStorageMB: allowance(976_562),
        DailyDurableStreamingApiEvents: allowance(200_000),
        DataStorageMB: allowance(1024, full ? 0 : 900),
      });
    }),
  ];
}
