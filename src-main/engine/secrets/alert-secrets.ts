import type { AlertChannel, ChannelSecret } from "../../../src-shared/domain/alert.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { VaultFault } from "../ports/credential-vault.ts";
import type { Keychain } from "./keychain.ts";

export type AlertSecrets = Readonly<{
  /** Null where the channel has none. */
  read(channel: AlertChannel, source: ChannelSecret): Promise<Outcome<string | null, VaultFault>>;
  write(channel: AlertChannel, secret: string): Promise<Outcome<null, VaultFault>>;
  remove(channel: AlertChannel): Promise<Outcome<null, VaultFault>>;
}>;

export type AlertSecretParts = Readonly<{
  keychain: Keychain;
  /** The ledger's own name: entries of several ledgers on one computer are told apart by it. */
  ledger: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Told of each secret, so that no log ever shows it. */
  know: (secret: string) => void;
}>;

const missing = (message: string): Outcome<never, VaultFault> => ({ ok: false, fault: { kind: "missing", message } });

/** Passwords of mail servers and secrets of webhooks: in the keychain beside the credentials, or named variables. */
export function createAlertSecrets({ keychain, ledger, environment, know }: AlertSecretParts): AlertSecrets {
  const accountOf = (channel: AlertChannel): string => `${ledger}/alert-${channel}`;

  async function readKeychain(channel: AlertChannel): Promise<Outcome<string, VaultFault>> {
    const found = await keychain.get(accountOf(channel));
    if (!found.ok) return found;
    return found.value === null
      ? missing(`The secret of the alerts by ${channel} is not in the keychain. Set the channel again.`)
      : { ok: true, value: found.value };
  }

  return {
    async read(channel, source) {
      if (source.kind === "none") return { ok: true, value: null };
      const given = source.kind === "env" ? (environment[source.name]?.trim() ?? "") : "";
      if (source.kind === "env" && given === "")
        return missing(`The environment variable ${source.name} is not set or is empty.`);
      const found = source.kind === "env" ? ({ ok: true, value: given } as const) : await readKeychain(channel);
      if (found.ok) know(found.value);
      return found;
    },
    async write(channel, secret) {
      know(secret);
      return keychain.set(accountOf(channel), secret);
    },
    async remove(channel) {
      const removed = await keychain.delete(accountOf(channel));
      return removed.ok ? { ok: true, value: null } : removed;
    },
  };
}
