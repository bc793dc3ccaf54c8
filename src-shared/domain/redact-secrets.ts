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
