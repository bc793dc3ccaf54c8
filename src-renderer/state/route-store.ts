import { createStore, type StoreApi } from "zustand/vanilla";
import { type Route, toHash, toRoute } from "./route.ts";

/** The address of the page: its history makes back and forward work as people know them. */
export type Address = Readonly<{ read(): string; write(hash: string): void; listen(changed: () => void): void }>;

export type RouteState = Readonly<{ route: Route }>;
export type RouteStore = StoreApi<RouteState> & Readonly<{ go(route: Route): void }>;

export function createRouteStore(address: Address): RouteStore {
  const store = createStore<RouteState>(() => ({ route: toRoute(address.read()) }));
  address.listen(() => store.setState({ route: toRoute(address.read()) }));
  return Object.assign(store, { go: (route: Route) => address.write(toHash(route)) });
}
