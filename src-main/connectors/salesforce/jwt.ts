import { createPrivateKey, createSign, type KeyObject } from "node:crypto";

export type AssertionAsk = Readonly<{
  /** Consumer key of the app. */
  clientId: string;
  username: string;
  /** PEM; line breaks may be written as `\n`, as they are in an environment variable. */
  privateKey: string;
  /** The login host that the token is asked of. */
  audience: string;
  /** Epoch ms. */
  nowMs: number;
}>;

/** Salesforce takes three minutes at most; our clock may be a little behind or ahead. */
const lifeSeconds = 150;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch {
    return undefined;
  }
}

/** The signed assertion of the JWT bearer flow (RS256), or undefined where the private key cannot be read. */
export function createAssertion({ clientId, username, privateKey, audience, nowMs }: AssertionAsk): string | undefined {
  const key = readKey(privateKey);
  if (key?.asymmetricKeyType !== "rsa") return undefined;
  const claims = { iss: clientId, sub: username, aud: audience, exp: Math.floor(nowMs / 1_000) + lifeSeconds };
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key).toString("base64url")}`;
}
