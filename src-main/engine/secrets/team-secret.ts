import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { TeamSecret } from "../../../src-shared/domain/team.ts";
import type { VaultFault } from "../ports/credential-vault.ts";
import type { AlertSecretParts } from "./alert-secrets.ts";

/** The password of the team's Redis. */
export type TeamSecretVault = Readonly<{
  /** Null where it has none. */
  read(source: TeamSecret): Promise<Outcome<string | null, VaultFault>>;
  write(secret: string): Promise<Outcome<null, VaultFault>>;
  remove(): Promise<Outcome<null, VaultFault>>;
}>;

const missing = (message: string): Outcome<never, VaultFault> => ({ ok: false, fault: { kind: "missing", message } });

/** In the keychain beside the credentials, or in a named variable; never anywhere else. */
export function createTeamSecret({ keychain, ledger, environment, know }: AlertSecretParts): TeamSecretVault {
  const account = `${ledger}/team-redis`;
  return {
    async read(source) {
      if (source.kind === "none") return { ok: true, value: null };
      if (source.kind === "env") {
        const given = environment[source.name]?.trim() ?? "";
        if (given === "") return missing(`the environment variable ${source.name} is not set or is empty`);
        know(given);
        return { ok: true, value: given };
      }
      const found = await keychain.get(account);
      if (!found.ok) return found;
      if (found.value === null) return missing("its password is not in the keychain: set the team again");
      know(found.value);
      return { ok: true, value: found.value };
    },
    write: async (secret) => {
      know(secret);
      return keychain.set(account, secret);
    },
    remove: async () => {
      const removed = await keychain.delete(account);
      return removed.ok ? { ok: true, value: null } : removed;
    },
  };
}
