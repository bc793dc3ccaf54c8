import type { CreateCrmSandbox } from "../core/crm-sandbox.ts";
import { createRequestStats } from "../core/request-stats.ts";
import { createSalesforceApi } from "./api.ts";
import { createAsyncApi } from "./async-api.ts";
import { createBulkJobs } from "./bulk-endpoints.ts";
import { createBulkQueries } from "./bulk-query-endpoints.ts";
import { changeRoutes } from "./change-endpoints.ts";
import { collectionRoutes } from "./collection-endpoints.ts";
import { compositeRoutes } from "./composite-endpoints.ts";
import { createSalesforceConfiguration } from "./configuration.ts";
import { seedDemo } from "./demo-seed.ts";
import { describeRoutes } from "./describe-endpoints.ts";
import { graphRoutes } from "./graph-endpoints.ts";
import { layoutRoutes } from "./layout-endpoints.ts";
import { createLimits } from "./limits.ts";
import { createOrg } from "./org.ts";
import { createOutsideRecords } from "./outside-records.ts";
import { createQueries } from "./query-endpoints.ts";
import { recentRoutes } from "./recent-records.ts";
import { recordRoutes } from "./record-endpoints.ts";
import { searchRoutes } from "./search-endpoints.ts";
import { createSignIn } from "./sign-in.ts";
import { createTokens, credentials } from "./tokens.ts";
import { toolingRoutes } from "./tooling-endpoints.ts";
import { treeRoutes } from "./tree-endpoints.ts";
import { rootRoutes } from "./version-endpoints.ts";

/** A Salesforce org: its OAuth endpoints, REST API and limits, on a clock that can be moved. */
export const createSalesforceSandbox: CreateCrmSandbox = ({ clock, random }) => {
  const configuration = createSalesforceConfiguration();
  const org = createOrg(clock, random, configuration);
  const tokens = createTokens(clock, random, configuration);
  const limits = createLimits(clock, configuration);
  const signIn = createSignIn(org, tokens);
  const queries = createQueries(org);
  const bulkJobs = createBulkJobs(org);
  const bulkQueries = createBulkQueries(org);
  const stats = createRequestStats();
  const records = createOutsideRecords(org);
  const asyncApi = createAsyncApi(org, bulkJobs.takeBatches);
  const api = createSalesforceApi({ org, tokens, limits, signIn, stats, asyncApi }, (dispatch) => [
    ...rootRoutes(org, limits.daily, bulkJobs.batchesLeft),
    ...describeRoutes(org),
    ...layoutRoutes(org),
    ...changeRoutes(org),
    ...recordRoutes(org),
    ...queries.routes,
    ...searchRoutes(org),
    ...collectionRoutes(org),
    ...compositeRoutes(org, dispatch, limits.count),
    ...graphRoutes(org, dispatch),
    ...treeRoutes(org),
    ...recentRoutes(org),
    ...toolingRoutes(org),
    ...bulkJobs.routes,
    ...bulkQueries.routes,
  ]);
  return {
    api,
    describe: (baseUrl) => ({
      baseUrl,
      token: credentials.token,
      externalIdField: configuration.current().keyField ?? "",
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      refreshToken: credentials.refreshToken,
    }),
    records,
    configuration,
    stats: () => {
      const { used, limit } = limits.daily();
      return { ...stats.totals(), dailyUsed: used, dailyLimit: limit, windows: limits.windows() };
    },
    reset: () => {
      configuration.reset();
      org.clear();
      tokens.clear();
      limits.clear();
      signIn.clear();
      queries.clear();
      bulkJobs.clear();
      bulkQueries.clear();
      asyncApi.clear();
      stats.clear();
    },
    seedDemo: (demo) => {
      seedDemo(records, demo);
      const changed = configuration.change({
        validationRules: [
          {
            object: "Task",
            on: ["create", "update"],
            when: { field: "CallDurationInSeconds", op: "gt", value: demo.longestCallSeconds },
            message: `Calls of more than ${demo.longestCallSeconds} seconds are logged by hand.`,
            field: "CallDurationInSeconds",
          },
        ],
      });
      if (!changed.ok) throw new Error(changed.message);
    },
  };
};
