import { z } from "zod";
import type { Outcome } from "./fault.ts";

/** A bearer token (`token`), or the fields of an app or a person: `clientId`, `refreshToken`, `privateKey` … */
export const credentialFields = z.record(z.string().min(1).max(200), z.string().max(50_000));
export type CredentialFields = Readonly<z.infer<typeof credentialFields>>;

/**
 * The text of a credential: a bearer token, or a JSON object of texts. `where` names the place it came from for the
 * sentence that says what is wrong; no sentence ever repeats any of the text.
 */
export function parseCredential(text: string, where: string): Outcome<CredentialFields, string> {
  const refuse = (problem: string): Outcome<never, string> => ({ ok: false, fault: `${where} ${problem}` });
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) {
    if (/\s/.test(trimmed)) return refuse("holds white space: a token has none. Paste it again.");
    return { ok: true, value: { token: trimmed } };
  }
  let fields: unknown;
  try {
    fields = JSON.parse(trimmed);
  } catch {
    return refuse("starts like a JSON object but is none.");
  }
  const parsed = credentialFields.safeParse(fields);
  if (parsed.success) return { ok: true, value: parsed.data };
  const wrong = parsed.error.issues.map(({ path }) => path.map(String).join(".")).join(", ");
  return refuse(`must hold a JSON object of texts; these are none: ${wrong}.`);
}
