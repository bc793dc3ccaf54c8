/** The CRMs, in the order in which people see them. Beside the schemas, not among them: a page need not load the library of schemas for names. */
export const crmTypes = ["salesforce", "hubspot", "zoho", "pipedrive"] as const;

/** Names as people know them. */
export const crmNames: Readonly<Record<(typeof crmTypes)[number], string>> = {
  salesforce: "Salesforce",
  hubspot: "HubSpot",
  zoho: "Zoho CRM",
  pipedrive: "Pipedrive",
};
