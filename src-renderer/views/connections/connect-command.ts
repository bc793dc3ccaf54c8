import type { CrmType } from "../../../src-shared/domain/integration.ts";

/** What stands in the place of the credential until a person puts it in, and how it is given (docs/connectors). */
const credentials: Readonly<Record<CrmType, Readonly<{ example: string; options: string }>>> = {
  hubspot: { example: "YOUR_TOKEN", options: "" },
  pipedrive: { example: "YOUR_TOKEN", options: "" },
  salesforce: { example: `'{"clientId":"YOUR_ID"}'`, options: " --sign-in" },
  zoho: { example: `'{"clientId":"YOUR_ID","clientSecret":"YOUR_SECRET","dataCentre":"eu"}'`, options: " --sign-in" },
};

/** The command that connects an account. The key is given in a terminal, never to the window. */
export function toConnectCommand(crm: CrmType, tenant: string): string {
  const { example, options } = credentials[crm];
  return `CALLLEDGER_TOKEN=${example} callledger connect ${crm} --tenant ${tenant}${options}`;
}
