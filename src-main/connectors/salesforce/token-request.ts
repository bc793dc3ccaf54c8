import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { toLostFault, toUnansweredFault } from "../http/unanswered-fault.ts";
import type { SignInMethod } from "./credential.ts";
import { readVendorErrors } from "./error-body.ts";
import { toFault } from "./faults.ts";
import { createAssertion } from "./jwt.ts";
import { signInCost, tokenPath } from "./wire.ts";

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  instance_url: z.string().optional(),
});

/** What the token endpoint gave. `refreshToken`: only where the app rotates; then the old one is dead. */
export type Granted = Readonly<{
  accessToken: string;
  refreshToken: string | undefined;
  instanceUrl: string | undefined;
}>;

/** Why there is no token. `serverTimeMs`: an assertion is judged by that clock. */
export type Refused = Readonly<{ fault: ConnectorFault; serverTimeMs: number | undefined }>;

export type TokenForm = Readonly<Record<string, string>>;

const jwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const publicAudience = "https://login.salesforce.com";

/** The form that asks for an access token. Never with a scope: that breaks refreshing. Undefined for a private key that cannot be read. */
export function toTokenForm(method: Exclude<SignInMethod, { kind: "plain" }>, nowMs: number): TokenForm | undefined {
  switch (method.kind) {
    case "refresh": {
      const { clientId, clientSecret, refreshToken } = method;
      const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
      return { grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken, ...secret };
    }
    case "code": {
      const { clientId, clientSecret, code, redirectUri, verifier } = method;
      return {
        grant_type: "authorization_code",
        code,
        client_id: clientId,
        redirect_uri: redirectUri,
        ...(verifier === undefined ? {} : { code_verifier: verifier }),
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      };
    }
    case "client_credentials":
      return {
        grant_type: "client_credentials",
        client_id: method.clientId,
        client_secret: method.clientSecret,
      };
    case "jwt": {
      const { audience = publicAudience } = method;
      const assertion = createAssertion({ ...method, audience, nowMs });
      return assertion === undefined ? undefined : { grant_type: jwtGrant, assertion };
    }
  }
}

/**
 * Asks the token endpoint once. It changes nothing in the org, so a lost answer is a failed read; where the app rotates
 * its refresh tokens, the next try then finds the old one dead.
 */
export async function requestToken(
  session: CrmSession,
  form: TokenForm,
  secrets: readonly string[],
): Promise<Outcome<Granted, Refused>> {
  const answer = await session.send({
    method: "POST",
    path: tokenPath,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    cost: signInCost,
    intents: [],
  });
  if (answer.kind !== "answer") return refuse(toUnansweredFault(answer, "read"), undefined);
  if (answer.status === 200) {
    const given = tokenAnswer.safeParse(answer.json);
    if (!given.success) {
      const said = { status: 200, message: "the token endpoint gave no token" };
      return refuse(toLostFault("read", said), answer.serverTimeMs);
    }
    const { access_token: accessToken, refresh_token: refreshToken, instance_url: instanceUrl } = given.data;
    return { ok: true, value: { accessToken, refreshToken, instanceUrl } };
  }
  const fault = toFault({
    status: answer.status,
    errors: readVendorErrors(answer.json),
    kind: "read",
    subject: "sign_in",
    rows: 1,
    keyField: "",
    createOnly: new Set(),
    isDayUsedUp: false,
    retryAfterMs: undefined,
    secrets,
  });
  return refuse(fault, answer.serverTimeMs);
}

const refuse = (fault: ConnectorFault, serverTimeMs: number | undefined): Outcome<never, Refused> => ({
  ok: false,
  fault: { fault, serverTimeMs },
});

export const badKeyFault: ConnectorFault = {
  kind: "blocked",
  reason: "setup_missing",
  answer: toAnswer({ code: "PRIVATE_KEY", message: "The credential's privateKey is no RSA key in PEM form." }),
};
