import {
  accountsOfApi,
  accountsOfLocation,
  defaultApiOrigin,
  apiOfLocation,
  toAccountsOrigin,
  toApiOrigin,
} from "./data-centres.ts";

/** Where requests go; `undefined` stands for the integration's own base URL. */
export type Address = Readonly<{
  api(): string | undefined;
  /** The accounts server for a sign-in with these hints. */
  accounts(hints: PlaceHints): string | undefined;
  /** Takes the API host that a sign-in named: false where it is none of Zoho's and no address was given at connect. */
  learn(apiDomain: string | undefined): boolean;
  /** The API host, for links and messages. */
  shown(): string;
}>;

export type PlaceHints = Readonly<{
  accountsServer?: string | undefined;
  dataCentre?: string | undefined;
  apiDomain?: string | undefined;
}>;

/**
 * An address given at connect that is none of Zoho's own (a test server) takes every request, sign-in included. Without
 * one the org's data centre decides: the host that the last sign-in named, else what the credential says, else the
 * setting, else the US.
 */
export function createAddress(given: string | null, located = ""): Address {
  const foreign = given !== null && toApiOrigin(given) === undefined ? given.replace(/\/+$/, "") : undefined;
  let named = given === null ? apiOfLocation(located) : toApiOrigin(given);
  return {
    api: () => (foreign === undefined ? (named ?? defaultApiOrigin) : undefined),
    accounts: ({ accountsServer = "", dataCentre = "", apiDomain = "" }) =>
      foreign === undefined
        ? (toAccountsOrigin(accountsServer) ??
          accountsOfLocation(dataCentre) ??
          accountsOfApi(apiDomain) ??
          accountsOfApi(named ?? defaultApiOrigin))
        : undefined,
    learn: (apiDomain) => {
      if (foreign !== undefined || apiDomain === undefined) return true;
      const origin = toApiOrigin(apiDomain) ?? apiOfLocation(apiDomain);
      if (origin === undefined) return false;
      named = origin;
      return true;
    },
    shown: () => foreign ?? named ?? defaultApiOrigin,
  };
}
