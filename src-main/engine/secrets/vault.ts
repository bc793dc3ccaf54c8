import type { CredentialVault, VaultFault } from "../ports/credential-vault.ts";
import type { EnvVault } from "./env-vault.ts";
import type { KeychainVault } from "./keychain-vault.ts";

const readOnly: VaultFault = {
  kind: "read_only",
  message: "An environment variable cannot be written: use the keychain for a credential that rotates.",
};

/** Each credential where its integration says it is. */
export function createVault(places: Readonly<{ env: EnvVault; keychain: KeychainVault }>): CredentialVault {
  const lines = new Map<number, Promise<unknown>>();
  return {
    read: async (integrationId, source) =>
      source.kind === "env" ? places.env.read(source.name) : places.keychain.read(integrationId),
    write: async (integrationId, source, credential) =>
      source.kind === "env" ? { ok: false, fault: readOnly } : places.keychain.write(integrationId, credential),
    remove: async (integrationId, source) =>
      source.kind === "env" ? { ok: true, value: null } : places.keychain.remove(integrationId),
    alone(integrationId, work) {
      const turn = (lines.get(integrationId) ?? Promise.resolve()).then(work);
      // The next in line goes on whatever became of this one; its own caller hears of a failure.
      lines.set(
        integrationId,
        turn.then(
          () => undefined,
          () => undefined,
        ),
      );
      return turn;
    },
  };
}
