import type { Cost } from "../../../src-shared/domain/budget.ts";

/** The one version that we speak (Summer '26). Salesforce answers a version for at least three years. */
export const apiVersion = "v67.0";

/** Where sign-in is known to work for every org; an org's own My Domain host is better. */
export const salesforceBaseUrl = "https://login.salesforce.com";

export const defaultKeyField = "CallLedger_Key__c";

/** Every request to the data API counts once in the org's rolling day, whatever it carries. */
export const callCost: Cost = { day: 1 };

/** Sign-in costs no API call. */
export const signInCost: Cost = { day: 0 };

/** Most records of a collection. */
export const collectionMax = 200;

/** Most keys or ids in one query: its text stays far below the 16,384 bytes of an address. */
export const queryMax = 200;

export const tokenPath = "/services/oauth2/token";
export const authorizePath = "/services/oauth2/authorize";
export const userInfoPath = "/services/oauth2/userinfo";

export const dataPath = (rest: string): string => `/services/data/${apiVersion}${rest}`;
export const describePath = (object: string): string => dataPath(`/sobjects/${segment(object)}/describe`);
export const limitsPath = dataPath("/limits");
export const batchPath = dataPath("/composite/batch");
export const segment = (text: string): string => encodeURIComponent(text);

/** `query` shows live records; `queryAll` also what is archived or lies in the recycle bin. */
export const queryPath = (soql: string, scope: "query" | "queryAll" = "query"): string =>
  dataPath(`/${scope}?q=${encodeURIComponent(soql)}`);

/** A text as SOQL writes it. */
export const quote = (text: string): string => `'${text.replace(/[\\']/g, (found) => `\\${found}`)}'`;

export const quoteList = (texts: readonly string[]): string => `(${texts.map(quote).join(",")})`;

/** Ids are told with 15 or 18 characters; the first 15 are the record. */
export const isSameId = (left: string, right: string): boolean => left.slice(0, 15) === right.slice(0, 15);
