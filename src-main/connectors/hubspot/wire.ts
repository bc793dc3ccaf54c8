import type { Cost } from "../../../src-shared/domain/budget.ts";

/** The one version that we speak (general since 8 September 2026, kept for 18 months). */
export const apiVersion = "2026-09";

export const hubspotBaseUrl = "https://api.hubapi.com";

/** Every request counts in the ten-second window and in the portal's day. */
export const callCost: Cost = { ten_seconds: 1, day: 1 };

/** Searches have a window of their own (per account, all applications) and are exempt from the ten seconds. */
export const searchCost: Cost = { search_second: 1, day: 1 };

/** Most inputs of a batch endpoint. */
export const batchMax = 100;

export const objectsPath = (object: string, rest = ""): string => `/crm/objects/${apiVersion}/${object}${rest}`;
export const propertiesPath = (object: string, rest = ""): string => `/crm/properties/${apiVersion}/${object}${rest}`;
export const propertyValidationsPath = (objectType: string): string =>
  `/crm/property-validations/${apiVersion}/${objectType}`;
export const associationsPath = (object: string, rest: string): string =>
  `/crm/associations/${apiVersion}/${object}${rest}`;
export const pipelinesPath = (object: string): string => `/crm/pipelines/${apiVersion}/${object}`;
export const detailsPath = `/account-info/${apiVersion}/details`;
export const ownersPath = `/crm/owners/${apiVersion}`;
export const tokenPath = `/oauth/${apiVersion}/token`;

/** HubSpot's own association types from a call; confirmed at `GET /crm/associations/{version}/calls/{object}/labels`. */
export const callAssociationTypes: Readonly<Record<string, number>> = { contacts: 194, companies: 182, deals: 206 };

export const segment = (text: string): string => encodeURIComponent(text);
