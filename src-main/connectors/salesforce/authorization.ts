import { createHash } from "node:crypto";
import { z } from "zod";
import type { StartBrowserSignIn } from "../../engine/ports/browser-sign-in.ts";
import { authorizePath, salesforceBaseUrl } from "./wire.ts";

/** Access to the data API, and a refresh token that outlives the browser. */
const scope = "api refresh_token";

/** The secret is for an app that demands it; PKCE stands for it otherwise. */
const app = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1).optional() });

/** Begins a sign-in at the org's own host where it is known, else at the login host (authorization code with PKCE). */
export const startBrowserSignIn: StartBrowserSignIn = (ask) => {
  const known = app.safeParse(ask.app);
  if (!known.success)
    return {
      ok: false,
      fault: "Give the app's consumer key: a JSON object with clientId (and clientSecret if the app demands it).",
    };
  const { clientId, clientSecret } = known.data;
  const { redirectUri, state, verifier, baseUrl } = ask;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "login consent",
  });
  return {
    ok: true,
    value: {
      url: `${(baseUrl ?? salesforceBaseUrl).replace(/\/+$/, "")}${authorizePath}?${query.toString()}`,
      toCredential: (grantCode) => ({
        clientId,
        ...(clientSecret === undefined ? {} : { clientSecret }),
        grantCode,
        redirectUri,
        codeVerifier: verifier,
      }),
    },
  };
};
