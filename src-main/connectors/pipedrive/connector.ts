import type { Connector, ConnectorLimits } from "../../engine/ports/connector.ts";
import { callObject } from "./activity.ts";
import type { ConnectorParts } from "../http/connector-parts.ts";
import { createHandOver } from "../http/hand-over.ts";
import { createAuth } from "./auth.ts";
import { listWindows, observe, zoneOf } from "./budget.ts";
import { createCallLogs } from "./call-logs.ts";
import { check, setup } from "./check.ts";
import { createClient } from "./client.ts";
import { listCopies } from "./copies.ts";
import { createCompany } from "./company.ts";
import { createPerson, draftPerson } from "./create-person.ts";
import { forecast } from "./forecast.ts";
import { createKeyMap } from "./key-map.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder } from "./people.ts";
import { probe } from "./probe.ts";
import { toRecordUrl } from "./record-url.ts";
import { type KnownFields, readSchema } from "./schema.ts";
import { readPipedriveSettings } from "./settings.ts";
import { pipedriveBaseUrl } from "./wire.ts";
import { write } from "./write.ts";

/**
 * `credential`: `{ token }` of a person, or `{ clientId, clientSecret, refreshToken }` of an app. `settings`: see settings.ts.
 */
export type PipedriveOptions = ConnectorParts;

const limits: ConnectorLimits = {
  // There are no batches: every call is a request of its own.
  writeRows: 10,
  writeBytes: 1_000_000,
  probeKeys: 200,
  peopleNumbers: 100,
  concurrency: 10,
  hasUniqueKey: false,
};

/** Pipedrive behind the connector port (API v2, and v1 for what only that has). */
export function createPipedriveConnector(options: PipedriveOptions): Connector {
  const { contract, clock, account } = options;
  const settings = readPipedriveSettings(options.settings);
  const auth = createAuth(options);
  const fields = new Set(Object.keys(contract.objects[callObject]?.fields ?? {}));
  const timeZone = zoneOf(settings);
  const client = createClient({ auth, clock, timeZone, fields });
  const company = createCompany(account, client);
  const keyMap = createKeyMap(client, clock);
  const callLogs = settings.callLogs === true ? createCallLogs(client) : null;
  const checked = createHandOver<KnownFields>(clock);
  const parts = {
    known: checked,
    client,
    clock,
    company,
    contract,
    keyMap,
    callLogs,
    activityType: settings.activityType ?? "call",
  };
  return {
    crm: "pipedrive",
    callObject,
    defaultBaseUrl: pipedriveBaseUrl,
    limits,
    windows: () => listWindows(settings),
    observe: (request, answer) => observe(request, answer, { nowMs: clock.now(), timeZone }),
    check: (session, depth = "quick") => check(parts, session, depth),
    setup: (session) => setup(parts, session),
    schema: (session, makes = null) =>
      readSchema({ client, contract, known: checked, formsCount: settings.requiredInForms !== false }, session, makes),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys, sinceMs, known) => probe(parts, session, keys, sinceMs, known),
    copies: (session, keys, sinceMs) => listCopies(client, session, keys, sinceMs),
    people: createPeopleFinder(client, clock),
    draftPerson: (ask) => draftPerson(contract, ask),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client),
    forecast: (work) => forecast(work, callLogs !== null),
    recordUrl: toRecordUrl,
  };
}
