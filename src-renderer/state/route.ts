/** Places of the window. */
export type Route =
  | Readonly<{ view: "overview" }>
  | Readonly<{ view: "setup" }>
  | Readonly<{ view: "calls" }>
  | Readonly<{ view: "call"; callId: string; tenant: string | null }>
  | Readonly<{ view: "attention"; group: string | null }>
  | Readonly<{ view: "sources" }>
  | Readonly<{ view: "connections"; id: number | null }>
  | Readonly<{ view: "ownership"; id: number | null }>
  | Readonly<{ view: "matching" }>
  | Readonly<{ view: "settings"; section: string | null }>;

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** A place as the part of the address behind `#`. */
export function toHash(route: Route): string {
  switch (route.view) {
    case "overview":
    case "setup":
    case "calls":
    case "sources":
    case "matching":
      return `#/${route.view}`;
    case "call": {
      const tenant = route.tenant === null ? "" : `${encodeURIComponent(route.tenant)}/`;
      return `#/call/${tenant}${encodeURIComponent(route.callId)}`;
    }
    case "connections":
    case "ownership":
      return route.id === null ? `#/${route.view}` : `#/${route.view}/${route.id}`;
    case "settings":
      return route.section === null ? "#/settings" : `#/settings/${encodeURIComponent(route.section)}`;
    case "attention":
      return route.group === null ? "#/attention" : `#/attention/${encodeURIComponent(route.group)}`;
  }
}

/** The place of an address; what is not known leads to the overview. */
export function toRoute(hash: string): Route {
  const [view, ...rest] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  const [first, second] = rest;
  if (view === "calls" || view === "find") return { view: "calls" };
  if (view === "sources" || view === "import") return { view: "sources" };
  if (view === "connections" || view === "ownership")
    return { view, id: /^[1-9]\d{0,9}$/.test(first ?? "") ? Number(first) : null };
  if (view === "matching" || view === "setup") return { view };
  if (view === "settings") return { view, section: first === undefined || first === "" ? null : first };
  if (view === "attention") return { view: "attention", group: first === undefined || first === "" ? null : first };
  if (view === "call" && first !== undefined && first !== "")
    return second === undefined
      ? { view: "call", callId: first, tenant: null }
      : { view: "call", callId: second, tenant: first };
  return { view: "overview" };
}
