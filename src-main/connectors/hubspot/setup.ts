import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, SetupReport } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client, Refusal } from "./client.ts";
import type { Portal } from "./portal.ts";
import { property, type Property } from "./property.ts";
import { propertiesPath, segment } from "./wire.ts";

export type SetupParts = Readonly<{ client: Client; portal: Portal; keyProperty: string }>;

const group = z.looseObject({ name: z.string(), archived: z.boolean().optional().catch(undefined) });
const groupList = z.looseObject({ results: z.array(group) });

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/**
 * Puts the unique key property onto calls. Safe to repeat: what is there is checked and kept. The portal is identified
 * first, so that a wrong key changes nothing anywhere.
 */
export async function setup(parts: SetupParts, session: CrmSession): Result<SetupReport> {
  const account = await parts.portal.identify(session);
  if (!account.ok) return account;
  const { keyProperty } = parts;
  const existing = await readProperty(parts.client, session, keyProperty);
  if (!existing.ok) return existing;
  if (existing.value !== null) return confirmKey(existing.value, { created: [], found: [keyProperty] });
  const groupName = await findGroup(parts.client, session);
  if (!groupName.ok) return groupName;
  return createKey(parts, session, groupName.value);
}

async function createKey(
  { client, keyProperty }: SetupParts,
  session: CrmSession,
  groupName: string,
): Result<SetupReport> {
  const reply = await client.call(session, {
    method: "POST",
    path: propertiesPath("calls"),
    kind: "write",
    subject: "other",
    schema: property,
    body: {
      name: keyProperty,
      label: "CallLedger key",
      description: "Identifies the call in the phone log. Written by CallLedger; do not edit.",
      groupName,
      type: "string",
      fieldType: "text",
      hasUniqueValue: true,
      formField: false,
      hidden: true,
    },
  });
  if (reply.ok) return confirmKey(reply.value.value, { created: [keyProperty], found: [] });
  if (!isTaken(reply.fault)) return { ok: false, fault: explain(reply.fault, keyProperty) };
  // Somebody (another PC, a lost answer of ours) was faster, or the name is archived: what is there decides.
  const existing = await readProperty(client, session, keyProperty);
  if (!existing.ok) return existing;
  if (existing.value !== null) return confirmKey(existing.value, { created: [], found: [keyProperty] });
  return {
    ok: false,
    fault: setupMissing(
      `HubSpot says that the call property ${keyProperty} exists but does not show it. Restore it, or delete it for good.`,
    ),
  };
}

const isTaken = ({ error, status }: Refusal): boolean =>
  status === 409 || (error?.words.includes("OBJECT_ALREADY_EXISTS") ?? false);

const setupMissing = (message: string): ConnectorFault => ({
  kind: "blocked",
  reason: "setup_missing",
  answer: toAnswer({ code: "KEY_PROPERTY", message }),
});

function confirmKey(found: Property, report: SetupReport): Outcome<SetupReport, ConnectorFault> {
  const isText = found.type === undefined || found.type === "string";
  if (found.archived !== true && isText && found.hasUniqueValue === true) return { ok: true, value: report };
  return {
    ok: false,
    fault: setupMissing(
      `The call property ${found.name} exists with another definition (it must be a single-line text that demands unique values). Rename or delete it, or choose another name for the key.`,
    ),
  };
}

/** A refusal of the property itself is a matter of setup, whatever code HubSpot gives it. Sign-in, scopes and limits stay what they are. */
function explain({ fault }: Refusal, keyProperty: string): ConnectorFault {
  if (fault.kind !== "rejected" || fault.reason === "permission_denied") return fault;
  const said = fault.answer.message === undefined ? "" : ` HubSpot said: ${fault.answer.message}`;
  return {
    kind: "blocked",
    reason: "setup_missing",
    answer: toAnswer({
      ...fault.answer,
      message: `HubSpot does not let us create the unique call property ${keyProperty}.${said}`,
    }),
  };
}

/** The property's definition, or null where the portal has none of that name. */
async function readProperty(client: Client, session: CrmSession, name: string): Result<Property | null> {
  const reply = await client.call(session, {
    method: "GET",
    path: propertiesPath("calls", `/${segment(name)}`),
    kind: "read",
    subject: "other",
    schema: property,
  });
  if (reply.ok) return { ok: true, value: reply.value.value };
  const { error, status, fault } = reply.fault;
  return status === 404 && error !== null ? { ok: true, value: null } : { ok: false, fault };
}

/** The group of `hs_call_title`, else the first group, else one of our own: which names a portal has is not known. */
async function findGroup(client: Client, session: CrmSession): Result<string> {
  const listed = await client.call(session, {
    method: "GET",
    path: propertiesPath("calls", "/groups"),
    kind: "read",
    subject: "other",
    schema: groupList,
  });
  if (!listed.ok) return { ok: false, fault: listed.fault.fault };
  const names = listed.value.value.results.filter(({ archived }) => archived !== true).map(({ name }) => name);
  const title = await readProperty(client, session, "hs_call_title");
  if (!title.ok) return title;
  const wanted = title.value?.groupName;
  if (wanted !== undefined && names.includes(wanted)) return { ok: true, value: wanted };
  const [first] = names;
  return first === undefined ? createGroup(client, session) : { ok: true, value: first };
}

async function createGroup(client: Client, session: CrmSession): Result<string> {
  const name = "callledger";
  const reply = await client.call(session, {
    method: "POST",
    path: propertiesPath("calls", "/groups"),
    kind: "write",
    subject: "other",
    schema: group,
    body: { name, label: "CallLedger", displayOrder: -1 },
  });
  if (reply.ok || isTaken(reply.fault)) return { ok: true, value: name };
  return { ok: false, fault: reply.fault.fault };
}
