import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { Credential } from "./credential-vault.ts";

/** What a vendor needs to know to send a person's browser to its consent page. */
export type BrowserSignInAsk = Readonly<{
  /** The app that signs in: `clientId`, as a rule with `clientSecret`, and what else the vendor reads. */
  app: Credential;
  /** The vendor's settings, as stored. */
  settings: StoredSettings;
  /** The address given at connect, or null for the vendor's own. */
  baseUrl: string | null;
  /** Where the browser comes back to: an address on this machine that the app is registered with. */
  redirectUri: string;
  /** Drawn for this sign-in, 64 characters: only an answer that repeats it is ours. */
  state: string;
  /** Drawn for this sign-in, 64 unreserved characters (PKCE). It stays here until the code is exchanged. */
  verifier: string;
}>;

export type StartedBrowserSignIn = Readonly<{
  /** The page that the person's browser opens. */
  url: string;
  /** The credential that the code stands for, to be exchanged by the connector at its first use. */
  toCredential: (code: string, answer: URLSearchParams) => Credential;
}>;

/** Begins a sign-in in the browser (OAuth authorization code), or says what the app lacks. */
export type StartBrowserSignIn = (ask: BrowserSignInAsk) => Outcome<StartedBrowserSignIn, string>;
