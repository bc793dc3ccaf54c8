import { parseCredential } from "../../../src-shared/domain/credential.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Credential, VaultFault } from "../ports/credential-vault.ts";

/** Credentials from environment variables. Nothing can be written back, so it is for credentials that do not rotate. */
export type EnvVault = Readonly<{ read(name: string): Outcome<Credential, VaultFault> }>;

/** Reads a variable anew each time. No message ever repeats any of its text. */
export function createEnvVault(environment: Readonly<Record<string, string | undefined>>): EnvVault {
  return {
    read(name) {
      const text = environment[name]?.trim() ?? "";
      const variable = `The environment variable ${name}`;
      if (text === "") return { ok: false, fault: { kind: "missing", message: `${variable} is not set or is empty.` } };
      const parsed = parseCredential(text, variable);
      return parsed.ok ? parsed : { ok: false, fault: { kind: "unreadable", message: parsed.fault } };
    },
  };
}
