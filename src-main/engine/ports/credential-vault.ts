import type { SecretSource } from "../../../src-shared/domain/integration.ts";

/** A credential as stored: a bearer token, or a JSON object's fields. Never logged, never stored outside the keychain. */
export type Credential = Readonly<Record<string, string>>;

export type VaultFault = Readonly<{ kind: "missing" | "locked" | "unreadable"; message: string }>;

/** Credentials by integration. Implementations: the OS keychain, an environment variable. */
export interface CredentialVault {
  read(
    integrationId: number,
    source: SecretSource,
  ): Promise<Readonly<{ ok: true; value: Credential }> | Readonly<{ ok: false; fault: VaultFault }>>;
  /** Stores what a rotation gave. Refused (false) where the source cannot be written. */
  write(integrationId: number, source: SecretSource, credential: Credential): Promise<boolean>;
  remove(integrationId: number, source: SecretSource): Promise<void>;
}
