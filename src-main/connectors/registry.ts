import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { StoredSettings, VendorSettings } from "../../src-shared/domain/vendor-settings.ts";
import type { StartBrowserSignIn } from "../engine/ports/browser-sign-in.ts";
import type { Connector } from "../engine/ports/connector.ts";
import type { Credential } from "../engine/ports/credential-vault.ts";
import type { ConnectorParts } from "./http/connector-parts.ts";
import { createHubspotConnector } from "./hubspot/connector.ts";
import { readDefaultContract } from "./hubspot/default-contract.ts";
import { hubspotBaseUrl } from "./hubspot/wire.ts";
import { createPipedriveConnector } from "./pipedrive/connector.ts";
import { readDefaultContract as readPipedriveContract } from "./pipedrive/default-contract.ts";
import { pipedriveBaseUrl } from "./pipedrive/wire.ts";
import { createZohoConnector } from "./zoho/connector.ts";
import { defaultApiOrigin as zohoBaseUrl } from "./zoho/data-centres.ts";
import { readDefaultContract as readZohoContract } from "./zoho/default-contract.ts";
import { createSalesforceConnector } from "./salesforce/connector.ts";
import { readDefaultContract as readSalesforceContract } from "./salesforce/default-contract.ts";
import { salesforceBaseUrl } from "./salesforce/wire.ts";
import { mayRotate as doesHubspotRotate } from "./hubspot/credential.ts";
import { hubspotSettings } from "./hubspot/settings.ts";
import { startBrowserSignIn as signHubspotIn } from "./hubspot/sign-in.ts";
import { mayRotate as doesPipedriveRotate } from "./pipedrive/credential.ts";
import { pipedriveSettings } from "./pipedrive/settings.ts";
import { startBrowserSignIn as signPipedriveIn } from "./pipedrive/sign-in.ts";
import { mayRotate as doesZohoRotate } from "./zoho/credential.ts";
import { zohoSettings } from "./zoho/settings.ts";
import { startBrowserSignIn as signZohoIn } from "./zoho/sign-in.ts";
import { mayRotate as doesSalesforceRotate } from "./salesforce/credential.ts";
import { salesforceSettings } from "./salesforce/settings.ts";
import { startBrowserSignIn as signSalesforceIn } from "./salesforce/authorization.ts";

export type ConnectorOptions = ConnectorParts &
  Readonly<{
    /** Puts files where an administrator of the CRM finds them, by their path within a folder; answers that folder's path. */
    saveSetupFiles?: ((folder: string, files: ReadonlyMap<string, string>) => Promise<string>) | undefined;
  }>;

/** What is known of a CRM before it is connected, and how its connector is made. */
export type ConnectorKind = Readonly<{
  /** Where the vendor's API lives. */
  baseUrl: string;
  /** The field contract of a new integration, YAML. */
  readDefaultContract: (settings: StoredSettings) => string;
  startBrowserSignIn: StartBrowserSignIn;
  /** What can be set for an integration of this CRM. */
  settings: VendorSettings;
  /** Whether another credential may come in its place by itself, which must then be stored. */
  mayRotate: (credential: Credential) => boolean;
  create: (options: ConnectorOptions) => Connector;
}>;

/** Every CRM that has a connector. */
export const connectorKinds: Readonly<Partial<Record<CrmType, ConnectorKind>>> = {
  salesforce: {
    baseUrl: salesforceBaseUrl,
    readDefaultContract: ({ keyField }) => readSalesforceContract(keyField),
    startBrowserSignIn: signSalesforceIn,
    settings: salesforceSettings,
    mayRotate: doesSalesforceRotate,
    create: createSalesforceConnector,
  },
  hubspot: {
    baseUrl: hubspotBaseUrl,
    readDefaultContract: ({ keyProperty }) => readDefaultContract(keyProperty),
    startBrowserSignIn: signHubspotIn,
    settings: hubspotSettings,
    mayRotate: doesHubspotRotate,
    create: createHubspotConnector,
  },
  zoho: {
    baseUrl: zohoBaseUrl,
    readDefaultContract: ({ keyProperty, keyIn }) => readZohoContract(keyProperty, keyIn),
    startBrowserSignIn: signZohoIn,
    settings: zohoSettings,
    mayRotate: doesZohoRotate,
    create: createZohoConnector,
  },
  pipedrive: {
    baseUrl: pipedriveBaseUrl,
    readDefaultContract: readPipedriveContract,
    startBrowserSignIn: signPipedriveIn,
    settings: pipedriveSettings,
    mayRotate: doesPipedriveRotate,
    create: createPipedriveConnector,
  },
};

/** An integration names a CRM that this version has no connector for: a newer version wrote it. */
export class UnknownConnectorError extends Error {
  override readonly name = "UnknownConnectorError";
}

/** The connector of one integration. Throws `UnknownConnectorError` where there is none. */
export function createConnector(crm: CrmType, options: ConnectorOptions): Connector {
  const kind = connectorKinds[crm];
  if (kind === undefined) throw new UnknownConnectorError(`This version has no connector for ${crm}.`);
  return kind.create(options);
}
