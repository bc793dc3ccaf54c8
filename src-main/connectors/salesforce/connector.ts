import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Connector, ConnectorLimits } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { createAuth } from "./auth.ts";
import { listWindows, observe } from "./budget.ts";
import { check } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { createPerson } from "./create-person.ts";
import { createDescriber } from "./describe.ts";
import type { CredentialReader } from "./granter.ts";
import { isLoopback } from "./instance.ts";
import { createOrganization } from "./organization.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder, maxNumbers } from "./people.ts";
import { probe } from "./probe.ts";
import { toRecordUrl } from "./record-url.ts";
import { readSalesforceSettings } from "./settings.ts";
import { type SaveSetupFiles, setup } from "./setup.ts";
import { collectionMax, defaultKeyField, queryMax, salesforceBaseUrl } from "./wire.ts";
import { write } from "./write.ts";

export type SalesforceOptions = Readonly<{
  /**
   * Reads the credential: `{ token }`, or an app's `clientId` with `refreshToken`, with `clientSecret`, or with
   * `privateKey` and `username`.
   */
  credential: CredentialReader;
  /** Stores what a sign-in gave. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** `keyField`: name of the unique external id field on Activity. */
  settings: StoredSettings;
  contract: OwnershipContract;
  /** The org as connected; null while connecting. Any other org is refused. */
  account: CrmAccount | null;
  /** The address given at connect. One on this machine (a sandbox, a proxy) is kept, whatever the sign-in names. */
  baseUrl?: string | null | undefined;
  clock: Clock;
  /** Where the folder goes that an administrator deploys when the key field is missing. */
  saveSetupFiles?: SaveSetupFiles | undefined;
}>;

const limits: ConnectorLimits = {
  writeRows: collectionMax,
  writeBytes: 6_000_000,
  probeKeys: queryMax,
  peopleNumbers: maxNumbers,
  concurrency: 4,
  hasUniqueKey: true,
};

/** Salesforce behind the connector port. */
export function createSalesforceConnector(options: SalesforceOptions): Connector {
  const { contract, clock, account, saveSetupFiles } = options;
  const keyField = readSalesforceSettings(options.settings).keyField ?? defaultKeyField;
  const auth = createAuth({ ...options, staysAtBaseUrl: isLoopback(options.baseUrl ?? "") });
  const organization = createOrganization(account, (): Client => client);
  const client = createClient({ auth, clock, keyField });
  const describer = createDescriber(client);
  const parts = { client, organization, describer, contract, keyField };
  return {
    crm: "salesforce",
    callObject: "Task",
    defaultBaseUrl: salesforceBaseUrl,
    limits,
    windows: listWindows,
    observe,
    check: (session, depth = "quick") => check({ ...parts, isConnected: account !== null }, session, depth),
    setup: (session) => setup({ ...parts, saveSetupFiles }, session),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys) => probe(parts, session, keys),
    people: createPeopleFinder(client, describer),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client, describer),
    recordUrl: toRecordUrl,
  };
}
