import type { CrmSandbox, SandboxDeps } from "../core/crm-sandbox.ts";
import { createRequestStats } from "../core/request-stats.ts";
import { accountRoutes } from "./account-endpoints.ts";
import { listRoutes } from "./account-lists.ts";
import { activityTypeRoutes } from "./activity-types.ts";
import { createApi } from "./api.ts";
import { callLogRoutes } from "./call-log-endpoints.ts";
import { createCompany } from "./company.ts";
import { createPipedriveConfiguration } from "./configuration.ts";
import { seedDemo } from "./demo-records.ts";
import { fieldRoutes } from "./field-endpoints.ts";
import { createSavedFilters } from "./filter-endpoints.ts";
import { createFollowers } from "./follower-endpoints.ts";
import { createConversions } from "./lead-conversion.ts";
import { createLeads } from "./lead-endpoints.ts";
import { createLimits } from "./limits.ts";
import { createNotes } from "./note-endpoints.ts";
import { createOauthServer } from "./oauth-endpoints.ts";
import { createOutsideRecords } from "./outside-records.ts";
import { pipelineRoutes } from "./pipeline-endpoints.ts";
import { recentsRoutes } from "./recents-endpoints.ts";
import { recordRoutes } from "./record-endpoints.ts";
import { mergeRoutes } from "./record-merge.ts";
import { createRecordWriter } from "./record-writer.ts";
import { searchRoutes } from "./search-endpoints.ts";
import { createTokens, credentials } from "./tokens.ts";
import { createWebhooks } from "./webhook-endpoints.ts";

/** One Pipedrive company behind its API. Sign-in, which the vendor serves elsewhere, has the same address. */
export function createPipedriveSandbox({ clock, random }: SandboxDeps): CrmSandbox {
  const configuration = createPipedriveConfiguration();
  const company = createCompany(clock, random, configuration);
  const writer = createRecordWriter(company);
  const tokens = createTokens(clock, random, configuration);
  const oauth = createOauthServer(clock, configuration, tokens);
  const limits = createLimits(clock, configuration);
  const stats = createRequestStats();
  const filters = createSavedFilters(company);
  const followers = createFollowers(company);
  const webhooks = createWebhooks(company);
  const leads = createLeads(company);
  const conversions = createConversions(company, writer, leads);
  const notes = createNotes(company, leads.has);
  const records = createOutsideRecords(company);
  const routes = [
    ...searchRoutes(company),
    ...recordRoutes({ company, writer, filters }),
    ...fieldRoutes(company),
    ...accountRoutes(company),
    ...activityTypeRoutes(company),
    ...pipelineRoutes(company),
    ...listRoutes(),
    ...callLogRoutes(company, writer),
    ...recentsRoutes(company),
    ...mergeRoutes(company),
    ...filters.routes,
    ...followers.routes,
    ...webhooks.routes,
    ...notes.routes,
    ...leads.routes,
    ...conversions.routes,
  ];
  return {
    api: createApi({ config: configuration, tokens, oauth, limits, stats, routes }),
    describe: (baseUrl) => ({ baseUrl, oauthUrl: baseUrl, ...credentials }),
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
      filters.clear();
      followers.clear();
      webhooks.clear();
      notes.clear();
      leads.clear();
      conversions.clear();
      company.clear();
    },
    seedDemo: (demo) => seedDemo(records, configuration, demo),
  };
}
