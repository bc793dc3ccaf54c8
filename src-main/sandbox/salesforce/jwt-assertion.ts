import { createPublicKey, createVerify, X509Certificate, type KeyObject } from "node:crypto";
import { z } from "zod";

const header = z.looseObject({ alg: z.string() });
const claims = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
});

export type JwtAsk = {
  readonly clientId: string;
  /** PEM of a certificate or public key; null: the signature is not checked. */
  readonly certificate: string | null;
  readonly now: number;
  readonly maxExpMs: number;
  /** Hosts that may stand in `aud`. */
  readonly audiences: readonly string[];
};

export type JwtVerdict =
  | { readonly ok: true; readonly username: string }
  | { readonly ok: false; readonly error: string; readonly description: string };

const invalid = (description: string): JwtVerdict => ({ ok: false, error: "invalid_grant", description });

/** Judges a JWT bearer assertion as the token endpoint does. */
export function judgeAssertion(assertion: string, ask: JwtAsk): JwtVerdict {
  const [head = "", payload = "", signature = "", ...more] = assertion.split(".");
  const parsedHeader = header.safeParse(decode(head));
  const parsedClaims = claims.safeParse(decode(payload));
  if (more.length > 0 || !parsedHeader.success || !parsedClaims.success) return invalid("invalid assertion");
  const { iss, sub, aud, exp } = parsedClaims.data;
  if (parsedHeader.data.alg !== "RS256" || signature === "") return invalid("algorithm must be RS256");
  if (iss !== ask.clientId) return { ok: false, error: "invalid_client_id", description: "client identifier invalid" };
  const named = typeof aud === "string" ? [aud] : aud;
  if (!named.some((audience) => ask.audiences.includes(audience.replace(/\/$/, ""))))
    return invalid("audience is invalid");
  if (exp * 1000 <= ask.now || exp * 1000 > ask.now + ask.maxExpMs) return invalid("expired authorization code");
  if (ask.certificate !== null && !verifies(`${head}.${payload}`, signature, ask.certificate))
    return invalid("invalid signature");
  return { ok: true, username: sub };
}

function decode(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return value;
  } catch {
    return undefined;
  }
}

function verifies(signed: string, signature: string, pem: string): boolean {
  const key = toKey(pem);
  return (
    key !== undefined && createVerify("RSA-SHA256").update(signed).verify(key, Buffer.from(signature, "base64url"))
  );
}

function toKey(pem: string): KeyObject | undefined {
  try {
    return pem.includes("CERTIFICATE") ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  } catch {
    return undefined;
  }
}
