import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Credential, VaultFault } from "../../engine/ports/credential-vault.ts";

export type CredentialReader = () => Promise<Outcome<Credential, VaultFault>>;

/** What every connector is made of. */
export type ConnectorParts = Readonly<{
  credential: CredentialReader;
  /** Stores what a rotation gave; false where the vault cannot be written. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews its credential, and nobody replaces it. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** The integration's vendor settings (`keyProperty` …). */
  settings: StoredSettings;
  contract: OwnershipContract;
  /** The account as connected; null while connecting. Any other is refused. */
  account: CrmAccount | null;
  /** The address given at connect, where one was: requests go there and nowhere else. */
  baseUrl?: string | null | undefined;
  clock: Clock;
}>;
