import type { Answer } from "../../../src-shared/domain/fault.ts";

const maxMessage = 500;
const maxWord = 120;

/** What looks like a credential in any vendor's words: bearer tokens, vendor token formats, token parameters and fields. */
const secretShapes: readonly RegExp[] = [
  /\b(Bearer|Zoho-oauthtoken|Basic)\s+[\w\-.~+/!=:]{6,}/gi,
  /\bpat-[a-z]{2}\d-[\w-]{6,}/gi,
  /\b1000\.[0-9a-f]{32}\.[0-9a-f]{32}\b/gi,
  /\b00D\w{12,15}![\w.]{10,}/g,
  /\bv1u:[\w-]{10,}/g,
  /((?:access_token|refresh_token|client_secret|api_token|id_token|assertion|code_verifier)["']?\s*[=:]\s*["']?)[^\s"'&,}]{4,}/gi,
];

/** Removes the given secrets, and whatever else looks like one, from a text. */
export function redactSecrets(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length >= 6);
  const without = known.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  return secretShapes.reduce(
    (rest, shape) =>
      rest.replace(shape, (_found: string, kept: unknown) =>
        typeof kept === "string" && kept !== "" ? `${kept.trimEnd()} [secret]` : "[secret]",
      ),
    without,
  );
}

const bound = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

/** What the vendor said, bounded and without secrets; empty and missing parts are left out. */
export function toAnswer(
  said: Readonly<{
    status?: number | undefined;
    code?: string | undefined;
    message?: string | undefined;
    correlationId?: string | undefined;
  }>,
  secrets: readonly string[] = [],
): Answer {
  const word = (text: string | undefined, max: number): string | undefined =>
    text === undefined || text === "" ? undefined : bound(redactSecrets(text, secrets), max);
  const code = word(said.code, maxWord);
  const message = word(said.message, maxMessage);
  const correlationId = word(said.correlationId, maxWord);
  return {
    ...(said.status === undefined ? {} : { status: said.status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}
