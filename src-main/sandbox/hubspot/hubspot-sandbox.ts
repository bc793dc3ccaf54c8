import type { CrmSandbox, DemoData, SandboxDeps } from "../core/crm-sandbox.ts";
import { createRequestStats } from "../core/request-stats.ts";
import { accountRoutes } from "./account-endpoints.ts";
import { batchRoutes } from "./batch-endpoints.ts";
import { batchWriteRoutes } from "./batch-writes.ts";
import { createHubspotConfiguration } from "./configuration.ts";
import { seedPeople } from "./demo-records.ts";
import { createHubApi } from "./hub-api.ts";
import { labelRoutes } from "./label-endpoints.ts";
import { createLimits } from "./limits.ts";
import { namedLinkRoutes } from "./link-batches-v3.ts";
import { linkBatchRoutes } from "./link-batches.ts";
import { linkRoutes } from "./link-endpoints.ts";
import { mergeRoutes } from "./merge-endpoints.ts";
import { createOauthServer } from "./oauth-endpoints.ts";
import { objectRoutes } from "./object-endpoints.ts";
import { createOutsideRecords } from "./outside-records.ts";
import { ownerRoutes } from "./owner-endpoints.ts";
import { pipelineRoutes } from "./pipeline-endpoints.ts";
import { createPortal } from "./portal.ts";
import { propertyRoutes } from "./property-endpoints.ts";
import { createRecordWriter } from "./record-writer.ts";
import { searchRoutes } from "./search-endpoints.ts";
import { createTokens, credentials } from "./tokens.ts";

/** One HubSpot account behind its API. It begins with HubSpot's own schema, two users, and no records. */
export function createHubspotSandbox({ clock, random }: SandboxDeps): CrmSandbox {
  const configuration = createHubspotConfiguration();
  const portal = createPortal(clock, random, configuration);
  const writer = createRecordWriter(portal);
  const tokens = createTokens(clock, random, configuration);
  const oauth = createOauthServer(clock, configuration, tokens);
  const limits = createLimits(clock, configuration);
  const stats = createRequestStats();
  const routes = [
    ...objectRoutes(portal, writer),
    ...batchRoutes(portal, writer),
    ...batchWriteRoutes(portal, writer),
    ...mergeRoutes(portal),
    ...searchRoutes(portal),
    ...linkRoutes(portal),
    ...linkBatchRoutes(portal),
    ...namedLinkRoutes(portal),
    ...labelRoutes(portal),
    ...propertyRoutes(portal.registry, portal),
    ...ownerRoutes(portal),
    ...pipelineRoutes(portal),
    ...accountRoutes(portal, limits),
  ];
  const records = createOutsideRecords(portal, writer);
  return {
    api: createHubApi({ clock, config: configuration, tokens, oauth, limits, stats, routes }),
    describe: (baseUrl) => ({ baseUrl, ...credentials }),
    records,
    configuration,
    stats: () => {
      const { used, limit } = limits.daily();
      return { ...stats.totals(), dailyUsed: used, dailyLimit: limit, windows: limits.windows() };
    },
    reset: () => {
      writer.clear();
      oauth.clear();
      configuration.reset();
      tokens.clear();
      limits.clear();
      stats.clear();
      portal.clear();
    },
    seedDemo: (demo) => {
      seedPeople(records, demo);
      refuseLongCalls(demo);
    },
  };

  function refuseLongCalls({ longestCallSeconds }: DemoData): void {
    const when = { field: "hs_call_duration", op: "gt" as const, value: longestCallSeconds * 1000 };
    const message = `Calls of more than ${Math.floor(longestCallSeconds / 60)} minutes need a supervisor's approval.`;
    const changed = configuration.change({
      validationRules: [{ object: "calls", on: ["create", "update"], when, message, field: when.field }],
    });
    if (!changed.ok) throw new Error(changed.message);
  }
}
