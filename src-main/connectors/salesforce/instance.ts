/** Hosts of orgs; anything else that a sign-in names gets no token of ours. */
const orgHost = /\.(salesforce\.com|force\.com|salesforce\.mil|sfcrmproducts\.cn|cloudforce\.com)$/;
const loopback = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** Whether an address is on this machine. */
export const isLoopback = (address: string): boolean =>
  URL.canParse(address) && loopback.test(new URL(address).hostname);

/** The origin of an org's address, or undefined where it is none that a token may be sent to. Loopback serves a sandbox on this machine. */
export function toOrgOrigin(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { protocol, hostname, origin } = new URL(address);
  if (loopback.test(hostname)) return origin;
  return protocol === "https:" && orgHost.test(hostname) ? origin : undefined;
}

/** The address of an org's pages, or undefined where it is none of Salesforce's own. */
export function toUiUrl(address: string | undefined): string | undefined {
  const origin = toOrgOrigin(address);
  return origin?.startsWith("https:") === true ? origin : undefined;
}
