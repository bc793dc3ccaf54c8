import findMyWay, { type HTTPMethod } from "find-my-way";
import type { SandboxRequest } from "./message.ts";

export type RouteParams = Readonly<Record<string, string>>;
export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
export type Route<H> = { readonly method: RouteMethod; readonly path: string; readonly handle: H };
export type FoundRoute<H> =
  | { readonly kind: "found"; readonly handle: H; readonly params: RouteParams; readonly endpoint: string }
  | { readonly kind: "wrong-method"; readonly allowed: readonly RouteMethod[] }
  | { readonly kind: "unknown" };

const allMethods: readonly RouteMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/** A table of routes such as `/crm/objects/:version/:object`; `endpoint` is the method and pattern, for the stats. */
export function createVendorRouter<H>(
  routes: readonly Route<H>[],
): (request: Pick<SandboxRequest, "method" | "path">) => FoundRoute<H> {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 4096 });
  // The router drops a store that is falsy, hence positions from one.
  for (const [index, { method, path }] of routes.entries()) router.on(method, path, () => undefined, index + 1);
  const find = (method: HTTPMethod, path: string): FoundRoute<H> | undefined => {
    const found = router.find(method, path);
    const route = typeof found?.store === "number" ? routes[found.store - 1] : undefined;
    if (found === null || route === undefined) return undefined;
    return {
      kind: "found",
      handle: route.handle,
      params: toParams(found.params),
      endpoint: `${route.method} ${route.path}`,
    };
  };
  return ({ method, path }) => {
    const known = allMethods.find((name) => name === method);
    const found = known === undefined ? undefined : find(known, path);
    if (found !== undefined) return found;
    const allowed = allMethods.filter((name) => find(name, path) !== undefined);
    return allowed.length > 0 ? { kind: "wrong-method", allowed } : { kind: "unknown" };
  };
}

function toParams(params: Readonly<Record<string, string | undefined>>): RouteParams {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? ""]));
}
