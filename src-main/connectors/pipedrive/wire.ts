import type { Cost } from "../../../src-shared/domain/budget.ts";

export const pipedriveBaseUrl = "https://api.pipedrive.com";
/** Sign-in has a host of its own. */
export const oauthOrigin = "https://oauth.pipedrive.com";
export const tokenPath = "/oauth/token";
export const authorizePath = "/oauth/authorize";

/** The budget windows: two seconds of a token, two seconds of its searches, the company's day. */
export const windowNames = { burst: "burst", search: "search", day: "day" } as const;

const request = (day: number): Cost => ({ [windowNames.burst]: 1, [windowNames.day]: day });

/** Tokens by kind of request, as the vendor's API description prices them (second version; `old…`: the first). */
export const costs = {
  readOne: request(1),
  list: request(10),
  write: request(5),
  oldReadOne: request(2),
  oldList: request(20),
  oldWrite: request(10),
  search: { ...request(20), [windowNames.search]: 1 },
  /** The sign-in host charges nothing; a request is a request. */
  signIn: { [windowNames.burst]: 1 },
} as const satisfies Record<string, Cost>;

/** Most records on a page, and most ids of one read. */
export const pageMax = 500;
export const idsMax = 100;

/** Paths of the second version; what only the first one has is under `oldPath`. */
export const apiPath = (rest: string): string => `/api/v2/${rest}`;
export const oldPath = (rest: string): string => `/v1/${rest}`;
export const segment = (text: string): string => encodeURIComponent(text);

/** Times of a query are RFC 3339 in whole seconds: fractions are refused. */
export const toQueryTime = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
/** The first version's form, UTC. */
export const toOldTime = (atMs: number): string => toQueryTime(atMs).replace("T", " ").replace("Z", "");

/** Objects that a call is linked to, and the word for one of them. */
export const linkObjects = { persons: "person", organizations: "organization", deals: "deal" } as const;
export type LinkObject = keyof typeof linkObjects;
export const isLinkObject = (object: string): object is LinkObject => Object.hasOwn(linkObjects, object);
