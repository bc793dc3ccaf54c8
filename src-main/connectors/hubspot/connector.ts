import type { Connector, ConnectorLimits } from "../../engine/ports/connector.ts";
import type { ConnectorParts } from "../http/connector-parts.ts";
import { createHandOver } from "../http/hand-over.ts";
import { createAuth } from "./auth.ts";
import { listWindows, observe } from "./budget.ts";
import { check } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { createPerson, draftPerson } from "./create-person.ts";
import { forecast } from "./forecast.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder, maxNumbers } from "./people.ts";
import { createPortal } from "./portal.ts";
import { probe } from "./probe.ts";
import type { Property } from "./property.ts";
import { toRecordUrl } from "./record-url.ts";
import { readSchema } from "./schema.ts";
import { readHubspotSettings } from "./settings.ts";
import { setup } from "./setup.ts";
import { batchMax, hubspotBaseUrl } from "./wire.ts";
import { write } from "./write.ts";

export const defaultKeyProperty = "callledger_key";

/**
 * `credential`: `{ token }` of a service key, or `{ clientId, clientSecret, refreshToken }` of an app.
 */
export type HubspotOptions = ConnectorParts;

const limits: ConnectorLimits = {
  writeRows: batchMax,
  writeBytes: 1_000_000,
  probeKeys: batchMax,
  peopleNumbers: maxNumbers,
  concurrency: 10,
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
  const properties = createHandOver<ReadonlyMap<string, Property>>(clock);
  const parts = { client, portal, contract, keyProperty, properties };
  return {
    crm: "hubspot",
    callObject: "calls",
    defaultBaseUrl: hubspotBaseUrl,
    limits,
    windows: listWindows,
    observe: (request, answer) => observe(request, answer, { nowMs: clock.now(), timeZone: portal.timeZone() }),
    check: (session, depth = "quick") => check({ ...parts, isConnected: account !== null }, session, depth),
    setup: (session) => setup(parts, session),
    schema: (session, makes = null) => readSchema(parts, session, makes),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys) => probe(parts, session, keys),
    people: createPeopleFinder(client),
    draftPerson: (ask) => draftPerson(contract, ask),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client),
    forecast,
    recordUrl: toRecordUrl,
  };
}
