import { z } from "zod";
import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount } from "../../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CheckDepth, CrmSession, SetupReport } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { callObject, isWritableField } from "./activity.ts";
import { type ActivityType, findCallType, listActiveTypes, pickCallType } from "./activity-types.ts";
import { isCallLogField, type CallLogs } from "./call-logs.ts";
import { createFindings } from "../http/findings.ts";
import type { HandOver } from "../http/hand-over.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import { listFields } from "./field-list.ts";
import type { KnownFields } from "./schema.ts";
import { apiPath, costs, oldPath, toOldTime } from "./wire.ts";

export type CheckParts = Readonly<{
  client: Client;
  company: Company;
  contract: OwnershipContract;
  /** `key_string` of the activity type that calls are written as. */
  activityType: string;
  /** What calls are made of goes to the reading of the schema that follows. */
  known: HandOver<KnownFields>;
  /** Null where none are written. */
  callLogs: CallLogs | null;
  clock: Clock;
}>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/** What is tried, and the scope of an app that covers it. */
type Need = Readonly<{ words: string; scope: string; method: "GET" | "PATCH"; path: string; cost: Cost }>;

const toList = (object: string, scope: string): Need => ({
  words: `read ${object}`,
  scope,
  method: "GET",
  // Nobody is older than the vendor: whether we may read is answered without a record.
  path: `${apiPath(object)}?limit=1&updated_until=2000-01-01T00:00:00Z`,
  cost: costs.list,
});

const reads: readonly Need[] = [toList("activities", "activities:full"), toList("persons", "contacts:full")];

/** A change of no record (ids begin with 1): scope and rights are looked at first. */
const change: Need = {
  words: "change activities",
  scope: "activities:full",
  method: "PATCH",
  path: apiPath("activities/0"),
  cost: costs.write,
};

/** All that a run may come to need. Recent changes tell a deleted call from one that was never written. */
const toMore = ({ callLogs }: CheckParts, sinceMs: number): readonly Need[] => [
  toList("organizations", "contacts:full"),
  toList("deals", "deals:read"),
  change,
  { words: "read users", scope: "users:read", method: "GET", path: oldPath("users"), cost: costs.oldList },
  {
    words: "read recent changes",
    scope: "recents:read",
    method: "GET",
    path: oldPath(`recents?${new URLSearchParams({ since_timestamp: toOldTime(sinceMs), limit: "1" }).toString()}`),
    cost: costs.oldList,
  },
  ...(callLogs === null
    ? []
    : [
        {
          words: "read call logs",
          scope: "phone-integration",
          method: "GET",
          path: oldPath("callLogs?limit=1"),
          cost: costs.oldList,
        } as const,
      ]),
];

/** Signs in, names the company, and finds missing scopes, fields and the kind of activity. Writes nothing. */
export async function check(parts: CheckParts, session: CrmSession, depth: CheckDepth): Result<CrmAccount> {
  const { client, company, activityType, clock } = parts;
  const identity = await company.identify(session);
  if (!identity.ok) return identity;
  const findings = createFindings(depth);
  for (const need of [...reads, ...(depth === "thorough" ? toMore(parts, clock.now() - recentMs) : [])])
    if (findings.take(await tryNeed(client, session, need))) break;
  const types = findings.isOver() ? null : await listActiveTypes(client, session);
  const type = types === null || !types.ok ? types : pickCallType(types.value, activityType);
  if (type?.ok === false) findings.take(type.fault);
  if (!findings.isOver() && types?.ok === true)
    for (const fault of await findFieldFaults(parts, session, types.value)) if (findings.take(fault)) break;
  const fault = findings.fault();
  return fault === null ? { ok: true, value: identity.value.account } : { ok: false, fault };
}

const recentMs = 60_000;

async function tryNeed(
  client: Client,
  session: CrmSession,
  { method, path, cost, words, scope }: Need,
): Promise<ConnectorFault | null> {
  const reply = await client.call(session, {
    method,
    path,
    kind: "read",
    subject: "other",
    schema: z.unknown(),
    aboutAccount: method === "GET",
    cost,
    ...(method === "PATCH" ? { body: { done: true } } : {}),
  });
  if (reply.ok) return null;
  const { fault, error } = reply.fault;
  if (!isForbidden(fault)) return method === "PATCH" && fault.kind === "rejected" ? null : fault;
  const message =
    error?.isScope === true
      ? `The token may not ${words}: the app lacks the scope ${scope}. Add it to the app in Pipedrive's Developer Hub, then sign in again.`
      : `The user of the token may not ${words}. Give that user's permission set the right to it (Company settings, Manage users).`;
  return { kind: "blocked", reason: "permission_denied", answer: toAnswer({ message }) };
}

/** Fields of the contract that the account does not have, that are hidden from us, or that nobody can write. */
async function findFieldFaults(
  { client, contract, known: handOver }: CheckParts,
  session: CrmSession,
  types: readonly ActivityType[],
): Promise<readonly ConnectorFault[]> {
  const fields = Object.hasOwn(contract.objects, callObject) ? contract.objects[callObject]?.fields : undefined;
  const ours = Object.entries(fields ?? {}).flatMap(([field, rule]) =>
    rule.own === "crm" || isCallLogField(field) ? [] : [field],
  );
  const strange = ours.filter((field) => !isWritableField(field));
  if (strange.length > 0)
    return strange.map((field) => toFieldFault("mapping_error", field, "cannot be written through the API"));
  const listed = await listFields(client, session, "activities");
  // The list takes an admin's scope; without it the first write tells.
  if (!listed.ok) return isForbidden(listed.fault) ? [] : [listed.fault];
  handOver.give({ fields: listed.value, types });
  const known = new Set(listed.value.map(({ code }) => code));
  return ours
    .filter((field) => !known.has(field))
    .map((field) => toFieldFault("field_missing", field, "does not exist in this account or is hidden from the token"));
}

const isForbidden = (fault: ConnectorFault): boolean =>
  (fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied";

const toFieldFault = (reason: "mapping_error" | "field_missing", field: string, problem: string): ConnectorFault => ({
  kind: "rejected",
  reason,
  field,
  answer: toAnswer({ message: `The activity field ${field} ${problem}.` }),
});

/** Nothing is put into Pipedrive: the key lives in the note. What calls rely on is looked for. */
export async function setup({ client, company, activityType }: CheckParts, session: CrmSession): Result<SetupReport> {
  const identity = await company.identify(session);
  if (!identity.ok) return identity;
  const type = await findCallType(client, session, activityType);
  return type.ok ? { ok: true, value: { created: [], found: [`activity type ${type.value}`] } } : type;
}
