import type { Cost } from "../../../src-shared/domain/budget.ts";

/** The one version that we speak. */
export const apiVersion = "v8";

/** Most records of an insert or update, most ids of a read. */
export const batchMax = 100;

/** Modules that a call can be related to. A contact goes into `Who_Id`, everything else into `What_Id`. */
export const linkModules: ReadonlySet<string> = new Set(["Contacts", "Leads", "Accounts", "Deals"]);

export const callModule = "Calls";
export const defaultKeyField = "Call_Sync_Key";
/** Our own field for the exact length of a call: Zoho's own has minutes only in most orgs. */
export const secondsField = "Call_Sync_Seconds";

export const crmPath = (rest: string): string => `/crm/${apiVersion}/${rest}`;
export const fieldsPath = (module: string): string => crmPath(`settings/fields?module=${module}`);
export const layoutsPath = (module: string): string => crmPath(`settings/layouts?module=${module}`);
export const modulePath = (module: string): string => crmPath(`settings/modules/${module}`);
export const segment = (text: string): string => encodeURIComponent(text);

/** Windows of ours: Zoho's credits of a rolling day, our own cap by the minute, and sign-ins in ten minutes. */
export const windowNames = { credits: "credits", minute: "minute", tokens: "tokens" } as const;

/** Most calls cost a credit; a page of COQL up to 200 rows, too. */
export const callCost: Cost = { credits: 1, minute: 1 };

/** Records are charged by tens. */
export const writeCost = (records: number): Cost => ({ credits: Math.max(Math.ceil(records / 10), 1), minute: 1 });

/** The accounts server counts its own way and is no part of the org's credits. */
export const tokenCost: Cost = { tokens: 1 };
