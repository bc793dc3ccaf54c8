import { route, toData, type ApiRoute } from "./api-call.ts";

const currencies = [
  ["EUR", "Euro", "€"],
  ["USD", "US Dollar", "$"],
  ["GBP", "British Pound Sterling", "£"],
  ["CHF", "Swiss Franc", "CHF"],
  ["SEK", "Swedish Krona", "kr"],
].map(([code = "", name = "", symbol = ""], position) => ({
  id: position + 1,
  code,
  name,
  decimal_points: 2,
  symbol,
  active_flag: true,
  is_custom_flag: false,
}));

const permissionSets = [
  { id: "62cc4d7f-4038-4352-abf3-a8c1c822b631", name: "Deals admin", app: "sales", type: "admin" },
  { id: "233b7976-39bd-43a9-b305-ef3a2b0998e5", name: "Global admin", app: "global", type: "admin" },
].map((set) => ({ ...set, description: set.name, assignment_count: 1 }));

/** Lists of the first version that nothing of the account changes. */
export function listRoutes(): readonly ApiRoute[] {
  return [
    route("GET", "/v1/currencies", { cost: 20, scopes: [] }, ({ request: { query } }) => {
      const term = (query.get("term") ?? "").toLowerCase();
      const fits = ({ code, name }: (typeof currencies)[number]): boolean =>
        [code, name].some((text) => text.toLowerCase().includes(term));
      return toData(currencies.filter(fits));
    }),
    route("GET", "/v1/permissionSets", { cost: 20, scopes: ["admin"] }, ({ request: { query } }) => {
      const app = query.get("app");
      return toData(permissionSets.filter((set) => app === null || set.app === app));
    }),
    route("GET", "/v1/userConnections", { cost: 20, scopes: [] }, () => toData({ google: null })),
  ];
}
