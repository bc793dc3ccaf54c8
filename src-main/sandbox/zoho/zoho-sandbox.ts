import type { CrmSandbox, SandboxDeps } from "../core/crm-sandbox.ts";
import { createRequestStats } from "../core/request-stats.ts";
import { createZohoApi, type ZohoApi } from "./api.ts";
import { createAttachments } from "./attachments.ts";
import { createBulkFiles } from "./bulk-files.ts";
import { createBulkRead } from "./bulk-read.ts";
import { createBulkWrite } from "./bulk-write.ts";
import { compositeRoutes } from "./composite.ts";
import { createZohoConfiguration } from "./configuration.ts";
import { coqlRoutes } from "./coql-endpoint.ts";
import { seedDemo } from "./demo.ts";
import { conversionRoutes } from "./lead-conversion.ts";
import { createLimits } from "./limits.ts";
import { createMassChanges } from "./mass-change.ts";
import { answerMerge } from "./merge.ts";
import { metadataRoutes } from "./metadata-endpoints.ts";
import { createAccountsServer } from "./oauth-endpoints.ts";
import { orgRoutes } from "./org-endpoints.ts";
import { createOrg } from "./org.ts";
import { createOutsideRecords } from "./outside-records.ts";
import { readRoutes } from "./read-endpoints.ts";
import { createRecordWriter } from "./record-writer.ts";
import { recordTagRoutes } from "./record-tags.ts";
import { recycleBinRoutes } from "./recycle-bin.ts";
import { relatedRoutes } from "./related-endpoints.ts";
import { searchRoutes } from "./search-endpoint.ts";
import { tagRoutes } from "./tag-endpoints.ts";
import { createTokens, credentials } from "./tokens.ts";
import { createUpsertRace } from "./upsert-race.ts";
import { viewRoutes } from "./view-endpoints.ts";
import { createWatches } from "./watch-endpoints.ts";
import { moduleAccess, writeRoutes } from "./write-endpoints.ts";
import { route } from "./zoho-call.ts";

/** Zoho CRM, API v8 and the older versions that it still answers. The accounts server has the same address. */
export function createZohoSandbox({ clock, random }: SandboxDeps): CrmSandbox {
  const configuration = createZohoConfiguration();
  const org = createOrg(clock, random, configuration);
  const tokens = createTokens(clock, random, configuration);
  const limits = createLimits(clock, configuration);
  const accounts = createAccountsServer({ clock, random, config: configuration, tokens });
  const stats = createRequestStats();
  const writer = createRecordWriter(org);
  const race = createUpsertRace();
  const files = createBulkFiles(org);
  const bulkWrite = createBulkWrite(org, writer, files);
  const bulkRead = createBulkRead(org);
  const massChanges = createMassChanges(org, writer);
  const attachments = createAttachments(org);
  const watches = createWatches(org);
  const records = createOutsideRecords(org, writer);
  const inner: { run?: ZohoApi["runInner"] } = {};
  const made = createZohoApi({
    org,
    tokens,
    limits,
    accounts,
    stats,
    routes: [
      ...readRoutes(org),
      ...writeRoutes({ org, writer, race }),
      ...relatedRoutes(org, writer),
      ...attachments.routes,
      ...massChanges.routes,
      ...watches.routes,
      ...tagRoutes(org),
      ...recordTagRoutes(org, writer),
      ...viewRoutes(org),
      ...recycleBinRoutes(org, writer),
      ...searchRoutes(org),
      ...coqlRoutes(org),
      ...metadataRoutes(org),
      ...orgRoutes(org),
      ...conversionRoutes(org, writer),
      route("POST", "/crm/:version/:module/:id/actions/merge", moduleAccess("edit"), (call) =>
        answerMerge(org, writer, call),
      ),
      ...files.routes,
      ...bulkWrite.routes,
      ...bulkRead.routes,
      ...compositeRoutes(org, (call, request) => {
        if (inner.run === undefined) throw new Error("The sandbox is not built yet.");
        return inner.run(call, request);
      }),
    ],
    onFinish: race.finish,
  });
  inner.run = made.runInner;
  return {
    api: made.api,
    describe: (baseUrl) => ({
      baseUrl,
      token: credentials.token,
      accountsUrl: baseUrl,
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      refreshToken: credentials.refreshToken,
    }),
    records,
    configuration,
    stats: () => {
      const { used, limit } = limits.credits();
      const tokenWindow = {
        name: "tokens_ten_minutes",
        windowMs: 600_000,
        limit: configuration.current().tokensPerTenMinutes,
        max: tokens.maxInTenMinutes(),
      };
      return { ...stats.totals(), dailyUsed: used, dailyLimit: limit, windows: [...limits.windows(), tokenWindow] };
    },
    reset: () => {
      writer.clear();
      files.clear();
      bulkWrite.clear();
      bulkRead.clear();
      massChanges.clear();
      attachments.clear();
      watches.clear();
      org.records.clear();
      org.tags.clear();
      org.registry.clear();
      accounts.clear();
      tokens.clear();
      limits.clear();
      stats.clear();
      configuration.reset();
    },
    seedDemo: (demo) => seedDemo(records, configuration, demo),
  };
}
