import { z } from "zod";
import type { SecretSource } from "../../../src-shared/domain/integration.ts";
import type { Credential, CredentialVault, VaultFault } from "../ports/credential-vault.ts";

type Reading = Awaited<ReturnType<CredentialVault["read"]>>;

const credentialFields = z.record(z.string(), z.string());

const refuse = (kind: VaultFault["kind"], message: string): Reading => ({ ok: false, fault: { kind, message } });

/** The variable's text as a credential. No message ever repeats any of it. */
function toCredential(name: string, text: string): Reading {
  if (!text.startsWith("{")) {
    if (/\s/.test(text))
      return refuse(
        "unreadable",
        `The environment variable ${name} holds white space: a token has none. Paste it again.`,
      );
    const token: Credential = { token: text };
    return { ok: true, value: token };
  }
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return refuse("unreadable", `The environment variable ${name} starts like a JSON object but is none.`);
  }
  const parsed = credentialFields.safeParse(fields);
  if (parsed.success) return { ok: true, value: parsed.data };
  const wrong = parsed.error.issues.map(({ path }) => path.map(String).join(".")).join(", ");
  return refuse(
    "unreadable",
    `The environment variable ${name} must hold a JSON object of texts; these are none: ${wrong}.`,
  );
}

/**
 * Credentials from environment variables: a bearer token, or a JSON object of texts. Only the variable's name is ever
 * stored; nothing can be written back, so it is for credentials that do not rotate.
 */
export function createEnvVault(environment: Readonly<Record<string, string | undefined>>): CredentialVault {
  const read = (source: SecretSource): Reading => {
    if (source.kind === "keychain")
      return refuse("unreadable", "The system keychain is not supported yet: name an environment variable instead.");
    const text = environment[source.name]?.trim() ?? "";
    if (text === "") return refuse("missing", `The environment variable ${source.name} is not set or is empty.`);
    return toCredential(source.name, text);
  };
  return {
    read: (_integrationId, source) => Promise.resolve(read(source)),
    write: () => Promise.resolve(false),
    remove: () => Promise.resolve(),
  };
}
