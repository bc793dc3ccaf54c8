/** Zoho's data centres: an org lives in one of them, and only its hosts know the org's tokens. */
type DataCentre = Readonly<{ location: string; accounts: string; tld: string; crm: string }>;

const centres: readonly DataCentre[] = [
  { location: "us", accounts: "https://accounts.zoho.com", tld: "com", crm: "https://crm.zoho.com" },
  { location: "eu", accounts: "https://accounts.zoho.eu", tld: "eu", crm: "https://crm.zoho.eu" },
  { location: "in", accounts: "https://accounts.zoho.in", tld: "in", crm: "https://crm.zoho.in" },
  { location: "au", accounts: "https://accounts.zoho.com.au", tld: "com.au", crm: "https://crm.zoho.com.au" },
  { location: "jp", accounts: "https://accounts.zoho.jp", tld: "jp", crm: "https://crm.zoho.jp" },
  { location: "ca", accounts: "https://accounts.zohocloud.ca", tld: "ca", crm: "https://crm.zohocloud.ca" },
  { location: "sa", accounts: "https://accounts.zoho.sa", tld: "sa", crm: "https://crm.zoho.sa" },
  { location: "cn", accounts: "https://accounts.zoho.com.cn", tld: "com.cn", crm: "https://crm.zoho.com.cn" },
];

export const locations: readonly string[] = centres.map(({ location }) => location);
export const defaultApiOrigin = "https://www.zohoapis.com";

const originOf = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).origin : undefined);

/** The centre of an API host, production, sandbox or developer org. */
function centreOfApi(address: string): DataCentre | undefined {
  const origin = originOf(address);
  return centres.find(({ tld }) =>
    ["www", "sandbox", "developer"].some((kind) => origin === `https://${kind}.zohoapis.${tld}`),
  );
}

/** The API host's origin where it is one of Zoho's own, else undefined: no token ever goes anywhere else. */
export const toApiOrigin = (address: string): string | undefined =>
  centreOfApi(address) === undefined ? undefined : originOf(address);

/** The accounts server's origin where it is one of Zoho's own, else undefined. */
export function toAccountsOrigin(address: string): string | undefined {
  const origin = originOf(address);
  return centres.some(({ accounts }) => accounts === origin) ? origin : undefined;
}

export const accountsOfApi = (address: string): string | undefined => centreOfApi(address)?.accounts;
export const crmPagesOfApi = (address: string): string | undefined => centreOfApi(address)?.crm;

const centreOf = (location: string): DataCentre | undefined =>
  centres.find((centre) => centre.location === location.trim().toLowerCase());

export const accountsOfLocation = (location: string): string | undefined => centreOf(location)?.accounts;
export function apiOfLocation(location: string): string | undefined {
  const centre = centreOf(location);
  return centre === undefined ? undefined : `https://www.zohoapis.${centre.tld}`;
}
