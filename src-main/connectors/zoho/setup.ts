import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, SetupReport } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import type { Client } from "./client.ts";
import { readVendorError, type VendorError } from "./error-body.ts";
import { isWritable, type Field, type FieldMetadata, type Fields } from "./field-metadata.ts";
import type { KeyPlace } from "./key-place.ts";
import type { Org } from "./org.ts";
import { callModule, fieldsPath, secondsField } from "./wire.ts";

export type SetupParts = Readonly<{
  client: Client;
  org: Org;
  metadata: FieldMetadata;
  contract: OwnershipContract;
  keyField: string;
  place: KeyPlace;
}>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

/** A field that we need on calls. `isUnique`: wished for, not insisted on. */
type Wanted = Readonly<{ name: string; type: "text" | "integer"; length: number; isUnique: boolean }>;

type Report = { readonly created: string[]; readonly found: string[] };

const created = z.looseObject({ fields: z.array(z.unknown()).min(1) });

/**
 * Puts our fields onto calls: the key (unique where the org allows it) and the exact length. Safe to repeat: what is
 * there is checked and kept. The org is identified first, so that a wrong credential changes nothing anywhere.
 */
export async function setup(parts: SetupParts, session: CrmSession): Result<SetupReport> {
  const account = await parts.org.identify(session);
  if (!account.ok) return account;
  parts.metadata.drop();
  const fields = await parts.metadata.of(session, callModule);
  if (!fields.ok) return fields;
  if (parts.place.kind === "description") return confirmDescription(parts, fields.value);
  const wanted: Wanted[] = [{ name: parts.keyField, type: "text", length: 120, isUnique: true }];
  if (isInContract(parts.contract, secondsField))
    wanted.push({ name: secondsField, type: "integer", length: 9, isUnique: false });
  const report: Report = { created: [], found: [] };
  for (const field of wanted) {
    const fault = await ensure(parts, session, field, fields.value, report);
    if (fault !== null && isOfOrg(fault) && field.name === parts.keyField) return { ok: true, value: withoutFields };
    if (fault !== null) return { ok: false, fault };
  }
  return { ok: true, value: report };
}

/** The org takes no field on calls at all, whoever asks: not a matter of rights, nor of how many fields it has. */
const isOfOrg = (fault: ConnectorFault): boolean =>
  fault.kind === "blocked" && noFieldCodes.has(fault.answer.code ?? "");
const noFieldCodes: ReadonlySet<string> = new Set(["NOT_SUPPORTED", "MODULE_NOT_SUPPORTED", "API_NOT_SUPPORTED"]);

const withoutFields: SetupReport = {
  created: [],
  found: [],
  instead: {
    settings: { keyIn: "description" },
    note: "This org takes no field of ours on calls: the key that keeps a call from being written twice goes to the end of its description.",
  },
};

/** Nothing is put there: the key stands in a field that every org has. */
function confirmDescription({ place }: SetupParts, known: Fields): Outcome<SetupReport, ConnectorFault> {
  const found = known.get(place.field);
  if (found !== undefined && isWritable(found)) return { ok: true, value: { created: [], found: [place.field] } };
  const problem = found === undefined ? "is hidden from this user" : "cannot be written by this user";
  return {
    ok: false,
    fault: setupMissing(`The field ${place.field} of calls ${problem}, and this org has no other place for our key.`),
  };
}

const isInContract = (contract: OwnershipContract, field: string): boolean =>
  Object.hasOwn(contract.objects, callModule) && Object.hasOwn(contract.objects[callModule]?.fields ?? {}, field);

async function ensure(
  parts: SetupParts,
  session: CrmSession,
  wanted: Wanted,
  known: Fields,
  report: Report,
): Promise<ConnectorFault | null> {
  const existing = known.get(wanted.name);
  if (existing !== undefined) {
    const flaw = findFlaw(existing, wanted);
    if (flaw === null) report.found.push(wanted.name);
    return flaw;
  }
  const made = await create(parts, session, wanted);
  if (!made.ok) return made.fault;
  parts.metadata.drop();
  const again = await parts.metadata.of(session, callModule);
  if (!again.ok) return again.fault;
  const found = again.value.get(wanted.name);
  // Zoho derives the name from the label; a field of that name that was deleted makes it choose another.
  if (found === undefined)
    return setupMissing(
      `Zoho does not show the field ${wanted.name} on calls. Delete a leftover field of that label, or choose another name for the key.`,
    );
  const flaw = findFlaw(found, wanted);
  if (flaw === null) (made.value ? report.created : report.found).push(wanted.name);
  return flaw;
}

/** True where we made it, false where somebody (another PC, a lost answer of ours) was faster. */
async function create(parts: SetupParts, session: CrmSession, wanted: Wanted): Result<boolean> {
  const first = await post(parts, session, wanted, wanted.isUnique);
  if (!first.ok || first.value === null) return first.ok ? { ok: true, value: true } : first;
  if (first.value.code === "DUPLICATE_DATA") return { ok: true, value: false };
  // Not every org lets a field of calls demand unique values: without it every key is looked up before it is written.
  const second = wanted.isUnique ? await post(parts, session, wanted, false) : first;
  if (!second.ok || second.value === null) return second.ok ? { ok: true, value: true } : second;
  if (second.value.code === "DUPLICATE_DATA") return { ok: true, value: false };
  return { ok: false, fault: explain(second.value, wanted) };
}

/** Null where Zoho made the field, else its refusal. Faults of sign-in, rights and limits are faults. */
async function post(
  { client }: SetupParts,
  session: CrmSession,
  { name, type, length }: Wanted,
  isUnique: boolean,
): Result<VendorError | null> {
  const field = {
    field_label: name.replaceAll("_", " "),
    data_type: type,
    length,
    ...(isUnique ? { unique: { case_sensitive: true } } : {}),
  };
  const reply = await client.call(session, {
    method: "POST",
    path: fieldsPath(callModule),
    body: { fields: [field] },
    kind: "write",
    subject: "other",
    schema: created,
    isBatch: true,
  });
  if (reply.ok) return { ok: true, value: readVendorError(reply.value.value.fields[0]) ?? null };
  const { fault, error } = reply.fault;
  const isOfField = fault.kind === "rejected" || (fault.kind === "blocked" && fault.reason === "setup_missing");
  return isOfField && error !== null ? { ok: true, value: error } : { ok: false, fault };
}

function findFlaw(found: Field, { name, type }: Wanted): ConnectorFault | null {
  const isText = type === "text" && ["text", "textarea"].includes(found.data_type);
  const isNumber = type === "integer" && ["integer", "bigint", "double"].includes(found.data_type);
  if (type === "text" && found.data_type === "textarea")
    return setupMissing(
      `The field ${name} of calls is a long text, which Zoho cannot be asked for. It must be a single line.`,
    );
  if (!isText && !isNumber)
    return setupMissing(
      `The field ${name} of calls exists with another type (${found.data_type}). Rename or delete it, or choose another name for the key.`,
    );
  if (!isWritable(found)) return setupMissing(`The field ${name} of calls cannot be written by this user.`);
  return null;
}

const setupMissing = (message: string, code = "KEY_FIELD"): ConnectorFault => ({
  kind: "blocked",
  reason: "setup_missing",
  answer: toAnswer({ code, message }),
});

function explain({ code, message }: VendorError, { name }: Wanted): ConnectorFault {
  const said = message === undefined ? "" : ` Zoho said: ${message}.`;
  return setupMissing(
    `Zoho does not let us create the field ${name} on calls (${code}).${said} An administrator can add it by hand, or the setting keyIn puts the key into the description; without it a call could be written twice.`,
    code,
  );
}
