/** Where a request goes first: straight to the server, or to a proxy. */
export type Route = Readonly<{ kind: "direct" }> | Readonly<{ kind: "proxy"; url: string }>;

const schemes: Readonly<Record<string, string>> = {
  PROXY: "http",
  HTTP: "http",
  HTTPS: "https",
  SOCKS: "socks5",
  SOCKS5: "socks5",
};

function toRoute(entry: string): Route | undefined {
  const [kind = "", host] = entry.split(/\s+/);
  if (kind.toUpperCase() === "DIRECT") return { kind: "direct" };
  const scheme = Object.hasOwn(schemes, kind.toUpperCase()) ? schemes[kind.toUpperCase()] : undefined;
  if (scheme === undefined || host === undefined || !URL.canParse(`${scheme}://${host}`)) return undefined;
  return { kind: "proxy", url: `${scheme}://${host}` };
}

/**
 * The routes of a PAC answer (`PROXY host:8080; DIRECT`), in its order. Kinds that we cannot speak (SOCKS4) are left
 * out, so the list may be empty: then nothing may be sent.
 */
export function parsePacAnswer(text: string): readonly Route[] {
  const entries = text
    .split(";")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries.map(toRoute).filter((route) => route !== undefined);
}

type Environment = Readonly<Record<string, string | undefined>>;

function isExempt(host: string, port: string, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === "") return false;
    if (entry === "*") return true;
    const [name = "", wantedPort] = entry.toLowerCase().split(":");
    if (wantedPort !== undefined && wantedPort !== port) return false;
    const bare = name.replace(/^\*?\./, "");
    return host === bare || host.endsWith(`.${bare}`);
  });
}

const toPacEntry = (proxy: string): string => {
  const url = new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
  const kind = { "https:": "HTTPS", "socks5:": "SOCKS5", "socks:": "SOCKS5" }[url.protocol] ?? "PROXY";
  const signIn = url.username === "" ? "" : `${url.username}${url.password === "" ? "" : `:${url.password}`}@`;
  return `${kind} ${signIn}${url.host}`;
};

/** Proxy settings as terminals and servers have them: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, either case. Loopback is always direct. */
export function createEnvironmentProxy(environment: Environment): (url: string) => Promise<string> {
  const read = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? "";
  return (url) => {
    const { protocol, hostname, port } = new URL(url);
    const host = hostname.toLowerCase();
    const isLoopback = host === "localhost" || host === "[::1]" || host.startsWith("127.");
    const wanted = read(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") || read("ALL_PROXY");
    const standardPort = protocol === "https:" ? "443" : "80";
    if (isLoopback || wanted === "" || isExempt(host, port || standardPort, read("NO_PROXY")))
      return Promise.resolve("DIRECT");
    return Promise.resolve(toPacEntry(wanted));
  };
}
