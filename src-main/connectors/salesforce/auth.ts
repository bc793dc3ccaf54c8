import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { secretsOf } from "./credential.ts";
import { createGranter, type Grant, type GranterOptions, type Token } from "./granter.ts";

type TokenOutcome = Outcome<Token, ConnectorFault>;

export type Auth = Readonly<{
  /** The bearer token to use now. One sign-in at a time: whoever comes meanwhile gets its token. */
  token(session: CrmSession): Promise<TokenOutcome>;
  /** After Salesforce called `stale` expired: a new token, or null where there is nothing to sign in with. */
  renew(session: CrmSession, stale: string): Promise<TokenOutcome | null>;
  /** After Salesforce refused the credential: the next use reads it from the vault again. */
  forget(): void;
  /** Everything that must not appear in a message. */
  secrets(): readonly string[];
}>;

export type AuthOptions = GranterOptions &
  Readonly<{
    /** Requests go to the base URL, whatever host the sign-in names. */
    staysAtBaseUrl?: boolean;
  }>;

/** Signs requests with a plain bearer token, or with access tokens that it gets by refresh token, run-as user or JWT. */
export function createAuth({ staysAtBaseUrl = false, ...options }: AuthOptions): Auth {
  const granter = createGranter(options);
  let held: Grant | null = null;
  let signingIn: Promise<TokenOutcome> | null = null;

  const toUse = (token: Token): TokenOutcome => ({
    ok: true,
    value: staysAtBaseUrl ? { ...token, origin: undefined } : token,
  });

  const signInOnce = async (session: CrmSession, from: Grant): Promise<TokenOutcome> => {
    const renewed = await granter.renew(session, from);
    if (!renewed.ok) return renewed;
    held = renewed.value;
    const { token } = renewed.value;
    if (token === null) throw new Error("a renewed grant has no token");
    return toUse(token);
  };
  const signIn = (session: CrmSession, from: Grant): Promise<TokenOutcome> => {
    signingIn ??= signInOnce(session, from).finally(() => {
      signingIn = null;
    });
    return signingIn;
  };

  return {
    token: async (session) => {
      if (held === null) {
        const loaded = await granter.load();
        if (!loaded.ok) return loaded;
        held ??= loaded.value;
      }
      return granter.isFresh(held) ? toUse(held.token) : signIn(session, held);
    },
    renew: async (session, stale) => {
      if (held === null || held.method.kind === "plain") return null;
      // Another request renewed it meanwhile.
      if (held.token !== null && held.token.value !== stale) return toUse(held.token);
      return signIn(session, held);
    },
    forget: () => {
      held = null;
    },
    secrets: () =>
      held === null ? [] : [...secretsOf(held.method), ...(held.token === null ? [] : [held.token.value])],
  };
}
