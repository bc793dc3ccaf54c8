import type { CrmType } from "./integration.ts";

/** Names as people know them. Beside the schemas, not among them: a page that shows names need not load the library of schemas. */
export const crmNames: Readonly<Record<CrmType, string>> = {
  salesforce: "Salesforce",
  hubspot: "HubSpot",
  zoho: "Zoho CRM",
  pipedrive: "Pipedrive",
};
