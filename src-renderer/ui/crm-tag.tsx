import type { CrmType } from "../../src-shared/domain/integration.ts";

/** Two letters in a neutral frame: vendors' logos are theirs, and their colours would fight the states. */
export const crmTags: Readonly<Record<CrmType, string>> = {
  salesforce: "SF",
  hubspot: "HS",
  zoho: "ZO",
  pipedrive: "PD",
};

export const CrmTag = ({ crm, size }: Readonly<{ crm: CrmType; size?: "large" }>) => (
  <span className={size === "large" ? "crm lg" : "crm"} aria-hidden="true">
    {crmTags[crm]}
  </span>
);
