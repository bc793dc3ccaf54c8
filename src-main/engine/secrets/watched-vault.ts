import type { Credential, CredentialVault } from "../ports/credential-vault.ts";

/** Fields of a credential that are no secret: they name an app, a person or a place. */
const open: ReadonlySet<string> = new Set([
  "clientId",
  "username",
  "audience",
  "dataCentre",
  "accountsServer",
  "apiDomain",
  "instanceUrl",
  "redirectUri",
  "expiresAt",
  "pkce",
  "renewalLostAt",
]);

/** A vault that tells of every secret that passes, so that it can be kept out of logs and messages. */
export function createWatchedVault(vault: CredentialVault, know: (secret: string) => void): CredentialVault {
  const look = (credential: Credential): void => {
    const secrets = Object.entries(credential).filter(([name]) => !open.has(name));
    for (const [, secret] of secrets) know(secret);
    const { clientId, clientSecret } = credential;
    // As Basic authorization joins them.
    if (clientId !== undefined && clientSecret !== undefined) know(`${clientId}:${clientSecret}`);
  };
  return {
    ...vault,
    async read(integrationId, source) {
      const read = await vault.read(integrationId, source);
      if (read.ok) look(read.value);
      return read;
    },
    write(integrationId, source, credential) {
      look(credential);
      return vault.write(integrationId, source, credential);
    },
  };
}
