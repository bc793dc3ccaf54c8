import type { Org } from "./org.ts";
import { Refusal } from "./refusal.ts";
import type { ZohoCall } from "./zoho-call.ts";
import { toZohoTime } from "./zoho-record.ts";

const tokenTtlMs = 86_400_000;

type Bound = { readonly offset: number; readonly params: string; readonly expiresAt: number };

/** What the token is bound to: the path, every parameter but the page itself, and who asks. */
function toParams({ request, caller }: ZohoCall): string {
  const kept = [...request.query].filter(([name]) => name !== "page_token" && name !== "page");
  return JSON.stringify([
    request.path,
    kept.toSorted(([left], [right]) => (left < right ? -1 : Number(left > right))),
    caller.kind,
  ]);
}

/** A token for the page that begins at `offset`; good for a day and for the same request only. */
export function toPageToken(
  org: Org,
  call: ZohoCall,
  offset: number,
): { readonly token: string; readonly expiry: string } {
  const expiresAt = org.clock.now() + tokenTtlMs;
  const bound: Bound = { offset, params: toParams(call), expiresAt };
  return {
    token: Buffer.from(JSON.stringify(bound)).toString("base64url"),
    expiry: toZohoTime(expiresAt, org.config.current().orgTimeZone),
  };
}

/** The offset of the page. Throws a `Refusal` for a token that is broken, too old, or of another request. */
export function readPageToken(org: Org, call: ZohoCall, token: string): number {
  const bound = parse(token);
  if (bound === undefined)
    throw new Refusal(400, "INVALID_DATA", "the page_token given seems to be invalid", { param_name: "page_token" });
  if (bound.params !== toParams(call))
    throw new Refusal(400, "TOKEN_BOUND_DATA_MISMATCH", "the page_token does not belong to this request", {
      param_name: "page_token",
    });
  if (bound.expiresAt <= org.clock.now())
    throw new Refusal(400, "EXPIRED_VALUE", "the page_token has expired", { param_name: "page_token" });
  return bound.offset;
}

function parse(token: string): Bound | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return isBound(value) ? value : undefined;
  } catch {
    return undefined; // Not a token of ours.
  }
}

function isBound(value: unknown): value is Bound {
  if (typeof value !== "object" || value === null) return false;
  return "offset" in value && typeof value.offset === "number" && "params" in value && "expiresAt" in value;
}
