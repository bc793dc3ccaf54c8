import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { SecretSource } from "../../../src-shared/domain/integration.ts";

/** A credential as stored: a bearer token, or a JSON object's fields. Never logged, never stored outside the keychain. */
export type Credential = Readonly<Record<string, string>>;

/**
 * Why a credential cannot be had or kept, in words that name the fix and no secret. `missing`: there is none, or the
 * keychain that has it is locked (some systems answer alike). `unreadable`: there is one that makes no sense. `unavailable`:
 * no keychain answers. `read_only`: the source cannot be written.
 */
export type VaultFault = Readonly<{
  kind: "missing" | "unreadable" | "unavailable" | "read_only";
  message: string;
}>;

/** Credentials by integration. Nothing is ever taken away because it could not be read. */
export interface CredentialVault {
  read(integrationId: number, source: SecretSource): Promise<Outcome<Credential, VaultFault>>;
  /**
   * Stores what a person or a rotation gave, whole or not at all. What a rotation gave and could not be stored is kept in
   * memory and tried again at the next read: the one before it is dead.
   */
  write(integrationId: number, source: SecretSource, credential: Credential): Promise<Outcome<null, VaultFault>>;
  /** Takes the credential away where we stored it; an environment variable stays. */
  remove(integrationId: number, source: SecretSource): Promise<Outcome<null, VaultFault>>;
  /**
   * Runs `work` while nobody else renews or replaces this integration's credential: a refresh token that is used twice
   * may be the end of the sign-in. Not to be nested for one integration.
   */
  alone<T>(integrationId: number, work: () => Promise<T>): Promise<T>;
}
