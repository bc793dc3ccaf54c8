import type { Connector, ConnectorLimits } from "../../engine/ports/connector.ts";
import { createAuth } from "./auth.ts";
import { listWindows, observe } from "./budget.ts";
import { check } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { createPerson, draftPerson, personObject } from "./create-person.ts";
import { createDescriber } from "./describe.ts";
import type { ConnectorParts } from "../http/connector-parts.ts";
import { forecast } from "./forecast.ts";
import { isLoopback } from "./instance.ts";
import { createOrganization } from "./organization.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder, maxNumbers } from "./people.ts";
import { probe } from "./probe.ts";
import { toRecordUrl } from "./record-url.ts";
import { readSchema } from "./schema.ts";
import { readSalesforceSettings } from "./settings.ts";
import { type SaveSetupFiles, setup } from "./setup.ts";
import { collectionMax, defaultKeyField, queryMax, salesforceBaseUrl } from "./wire.ts";
import { write } from "./write.ts";

/**
 * `credential`: `{ token }`, or an app's `clientId` with `refreshToken`, with `clientSecret`, or with `privateKey` and
 * `username`. `baseUrl`: one on this machine (a sandbox, a proxy) is kept, whatever the sign-in names. `saveSetupFiles`: where
 * the folder goes that an administrator deploys when the key field is missing.
 */
export type SalesforceOptions = ConnectorParts & Readonly<{ saveSetupFiles?: SaveSetupFiles | undefined }>;

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
    schema: (session, makes = null) =>
      readSchema({ client, describer }, session, makes === null ? null : personObject(makes)),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys) => probe(parts, session, keys),
    people: createPeopleFinder(client, describer),
    draftPerson: (ask) => draftPerson(contract, ask),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client, describer),
    forecast,
    recordUrl: toRecordUrl,
  };
}
