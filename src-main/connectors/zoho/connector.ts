import type { Connector } from "../../engine/ports/connector.ts";
import { createAddress } from "./address.ts";
import type { ConnectorParts } from "../http/connector-parts.ts";
import { createHandOver } from "../http/hand-over.ts";
import { createAuth } from "./auth.ts";
import { createCreditWatch, listWindows } from "./budget.ts";
import { check } from "./check.ts";
import { createClient, type Client } from "./client.ts";
import { createPerson, draftPerson, personModule } from "./create-person.ts";
import { defaultApiOrigin } from "./data-centres.ts";
import { createDurationUnits } from "./duration-unit.ts";
import { createFieldMetadata, type Fields, isUnique } from "./field-metadata.ts";
import { forecast } from "./forecast.ts";
import { toKeyPlace } from "./key-place.ts";
import { createKeyProof } from "./key-proof.ts";
import { createMarkedCalls } from "./marked-calls.ts";
import { createOrg } from "./org.ts";
import { createMirrorReader } from "./mirror.ts";
import { listOwners } from "./owners.ts";
import { createPeopleFinder, maxNumbers } from "./people.ts";
import { probe } from "./probe.ts";
import { toRecordUrl } from "./record-url.ts";
import { readSchema } from "./schema.ts";
import { readZohoSettings, toTrigger } from "./settings.ts";
import { setup } from "./setup.ts";
import { batchMax, callModule } from "./wire.ts";
import { write } from "./write.ts";

/**
 * `credential`: `{ token }`, or `{ clientId, clientSecret, refreshToken }` (or `grantCode`) and the data centre. `settings`: see
 * settings.ts. `baseUrl`: one that is none of Zoho's takes every request.
 */
export type ZohoOptions = ConnectorParts;

/** Below the smallest edition's five calls at once, so that others have room. */
const concurrency = 4;

/** Zoho CRM behind the connector port (API v8). */
export function createZohoConnector(options: ZohoOptions): Connector {
  const { contract, clock, account } = options;
  const settings = readZohoSettings(options.settings);
  const place = toKeyPlace(settings);
  const keyField = place.field;
  const trigger = toTrigger(settings.trigger);
  const address = createAddress(options.baseUrl ?? null, settings.dataCentre);
  const auth = createAuth({ ...options, address });
  const credits = createCreditWatch(clock);
  const client: Client = createClient({ auth, address, credits, clock, keyField });
  const org = createOrg(account, () => client, address);
  const metadata = createFieldMetadata(client, clock);
  const units = createDurationUnits(client);
  const checked = createHandOver<Fields>(clock);
  const proof = createKeyProof(metadata, keyField);
  const marked = createMarkedCalls(client, place);
  const parts = { client, org, metadata, units, contract, keyField, place, marked, trigger, proof, known: checked };
  return {
    crm: "zoho",
    callObject: callModule,
    defaultBaseUrl: defaultApiOrigin,
    get limits() {
      const key = metadata.known(callModule)?.get(keyField);
      return {
        writeRows: batchMax,
        writeBytes: 1_000_000,
        probeKeys: batchMax,
        peopleNumbers: maxNumbers,
        concurrency,
        // Odd spellings are found by the search index, which lags by seconds; Zoho documents no bound.
        searchLagMs: 20_000,
        // Known once the fields were read: until then "missing" is read twice.
        hasUniqueKey: place.kind === "field" && key !== undefined && isUnique(key),
      };
    },
    windows: (known) => listWindows(known, settings.requestsPerMinute),
    observe: (_request, answer) => credits.observe(answer),
    check: (session, depth = "quick") => check({ ...parts, isConnected: account !== null }, session, depth),
    setup: (session) => setup(parts, session),
    schema: (session, makes = null) =>
      readSchema(
        { client, metadata, known: checked, formsCount: settings.requiredInForms !== false },
        session,
        makes === null ? null : personModule(makes),
      ),
    write: (session, items) => write(parts, session, items),
    probe: (session, keys, sinceMs, ids?: ReadonlyMap<string, string>) =>
      probe(parts, session, { keys, sinceMs, ids: ids ?? new Map() }),
    people: createPeopleFinder(client, metadata),
    draftPerson: (ask) => draftPerson(contract, ask),
    createPerson: (session, ask) => createPerson(parts, session, ask),
    owners: (session) => listOwners(client, session),
    mirror: createMirrorReader(client, metadata),
    forecast,
    recordUrl: toRecordUrl,
  };
}
