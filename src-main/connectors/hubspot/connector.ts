import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Connector, ConnectorLimits } from "../../engine/ports/connector.ts";
import type { Credential } from "../../engine/ports/credential-vault.ts";
import { createAuth, type CredentialReader } from "./auth.ts";
import { listWindows, observe } from "./budget.ts";
import { check } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { createPerson } from "./create-person.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder, maxNumbers } from "./people.ts";
import { createPortal } from "./portal.ts";
import { probe } from "./probe.ts";
import { toRecordUrl } from "./record-url.ts";
import { readHubspotSettings } from "./settings.ts";
import { setup } from "./setup.ts";
import { batchMax, hubspotBaseUrl } from "./wire.ts";
import { write } from "./write.ts";

export const defaultKeyProperty = "callledger_key";

export type HubspotOptions = Readonly<{
  /** Reads the credential: `{ token }` of a service key, or `{ clientId, clientSecret, refreshToken }` of an app. */
  credential: CredentialReader;
  /** Stores what a token refresh gave. */
  saveCredential?: ((credential: Credential) => Promise<boolean>) | undefined;
  /** Runs `work` while no other connector of this integration renews. */
  renewAlone?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** `keyProperty`: name of the unique call property. */
  settings: StoredSettings;
  contract: OwnershipContract;
  /** The portal as connected; null while connecting. Any other portal is refused. */
  account: CrmAccount | null;
  clock: Clock;
}>;

const limits: ConnectorLimits = {
  writeRows: batchMax,
  writeBytes: 1_000_000,
  probeKeys: batchMax,
  peopleNumbers: maxNumbers,
  concurrency: 4,
  hasUniqueKey: true,
  // New and changed records take "a few moments" to reach the search index: five to ten seconds as a rule.
  searchLagMs: 10_000,
};

/** HubSpot behind the connector port (API version 2026-09). */
export function createHubspotConnector(options: HubspotOptions): Connector {
  const { contract, clock, account } = options;
  const keyProperty = readHubspotSettings(options.settings).keyProperty ?? defaultKeyProperty;
  const auth = createAuth(options);
  const portal = createPortal(account, (): Client => client);
  const client = createClient({ auth, clock, keyProperty, timeZone: portal.timeZone });
  const parts = { client, portal, contract, keyProperty };
  return {
    crm: "hubspot",
    callObject: "calls",
    defaultBaseUrl: hubspotBaseUrl,
    limits,
    windows: listWindows,
    observe: (request, answer) => observe(request, answer, { nowMs: clock.now(), timeZone: portal.timeZone() }),
    check: (session, depth = "quick") => check({ ...parts, isConnected: account !== null }, session, depth),
    setup: (session) => setup(parts, session),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys) => probe(parts, session, keys),
    people: createPeopleFinder(client),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client),
    recordUrl: toRecordUrl,
  };
}
