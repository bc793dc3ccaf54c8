import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { z } from "zod";
import type { CrmType } from "../../src-shared/domain/integration.ts";

/**
 * What a request of a run is for. `copy`: the copy of the people is brought up to date. `account`: sign-in, fields, limits.
 * `people`: what is left is spent on finding whose a call is.
 */
export type Purpose = "writes" | "keys" | "copy" | "account" | "people";

export type SeenRequest = Readonly<{ method: string; path: string; body: string }>;
type Rule = Readonly<{ purpose: Exclude<Purpose, "people">; is: (request: SeenRequest) => boolean }>;

const at = (method: RegExp, path: RegExp): Rule["is"] => {
  return (request) => method.test(request.method) && path.test(request.path);
};
const asking = (path: RegExp, body: RegExp): Rule["is"] => {
  return (request) => path.test(request.path) && body.test(request.body);
};
const queried = (pattern: RegExp): Rule["is"] => {
  return (request) => pattern.test(decodeURIComponent(`${request.path} ${request.body}`.replaceAll("+", " ")));
};

/** How each CRM's requests are told apart; the first that fits. */
const rules: Readonly<Record<CrmType, readonly Rule[]>> = {
  hubspot: [
    { purpose: "writes", is: asking(/calls\/batch\/(create|update)$/, /"inputs":\[\{/) },
    { purpose: "writes", is: at(/PUT|POST/, /\/associations\/.*(default|batch\/create)/) },
    { purpose: "keys", is: at(/POST/, /calls\/batch\/read$/) },
    { purpose: "copy", is: asking(/\/(contacts|companies|deals)\/search$/, /"hs_object_id","operator":"GT"/) },
    { purpose: "copy", is: at(/GET/, /\/objects\/[^/]+\/(contacts|companies|deals)\?.*archived=(true|false)/) },
    { purpose: "copy", is: at(/POST/, /\/associations\/.*\/batch\/read$/) },
    {
      purpose: "account",
      is: at(/GET/, /\/(properties|property-validations|pipelines|owners|account-info)\b|limit=1&/),
    },
    { purpose: "account", is: asking(/batch\/create$/, /"inputs":\[\]/) },
  ],
  salesforce: [
    { purpose: "writes", is: at(/POST|PATCH/, /\/(composite\/)?sobjects\b/) },
    { purpose: "keys", is: queried(/FROM Task WHERE .*Key__c IN/) },
    { purpose: "copy", is: queried(/SystemModstamp|ORDER BY Id ASC LIMIT|FROM User/) },
    { purpose: "account", is: queried(/describe|\/limits|FROM Organization|tooling|\/oauth2\//) },
  ],
  zoho: [
    { purpose: "writes", is: at(/POST|PUT/, /\/Calls$/) },
    { purpose: "keys", is: queried(/from Calls where (Call_Sync_Key|id) in/) },
    { purpose: "copy", is: queried(/Modified_Time >|where id > '|\/deleted\?|users\?type=/) },
    { purpose: "account", is: queried(/\/settings\/|\/org\b|id is not null|in_seconds > 0 order by/) },
  ],
  pipedrive: [
    { purpose: "writes", is: at(/POST|PATCH/, /\/api\/v2\/activities/) },
    { purpose: "keys", is: at(/GET/, /\/api\/v2\/activities\/\d+|\/api\/v2\/activities\?(?!limit=1&)|recents/) },
    { purpose: "copy", is: at(/GET/, /\/api\/v2\/(persons|organizations|deals)\?.*sort_by=|\/v1\/users(\?|$)/) },
    { purpose: "account", is: at(/GET/, /Fields\?|activityTypes|users\/me|limit=1&updated_until/) },
  ],
};

export const toPurpose = (crm: CrmType, request: SeenRequest): Purpose =>
  rules[crm].find(({ is }) => is(request))?.purpose ?? "people";

const created = z.looseObject({
  request: z.looseObject({ method: z.string(), path: z.string(), origin: z.unknown(), body: z.unknown() }),
});

/** Hears every request of this process to an address, by what it is for. */
export function watchPurposes(crm: CrmType, baseUrl: string) {
  const counts: Record<Purpose, number> = { writes: 0, keys: 0, copy: 0, account: 0, people: 0 };
  /** Those of the last kind, for whoever reads a failure. */
  const strange: SeenRequest[] = [];
  const { origin } = new URL(baseUrl);
  const onRequest = (message: unknown): void => {
    const { request } = created.parse(message);
    if (String(request.origin) !== origin) return;
    const body = typeof request.body === "string" || Buffer.isBuffer(request.body) ? String(request.body) : "";
    const seen = { method: request.method, path: request.path, body };
    const purpose = toPurpose(crm, seen);
    counts[purpose] += 1;
    if (purpose === "people" && strange.length < 20) strange.push({ ...seen, body: body.slice(0, 300) });
  };
  subscribe("undici:request:create", onRequest);
  return {
    counts: (): Readonly<Record<Purpose, number>> => ({ ...counts }),
    strange: (): readonly SeenRequest[] => strange,
    stop: () => void unsubscribe("undici:request:create", onRequest),
  };
}
