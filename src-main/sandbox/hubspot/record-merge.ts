import type { HubRecord } from "./hub-record.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { Writer } from "./property-history.ts";
import { invalid, Refusal } from "./refusal.ts";

/** HubSpot's cap on what one record may have absorbed. */
const maxIdentities = 250;

/**
 * Merges two live records. The survivor keeps the primary's values, takes what it lacks, and gets a new id unless the
 * account preserves primary ids; merged-away ids are neither live nor archived. Throws a `Refusal`.
 */
export function mergeRecords(
  portal: Portal,
  object: ObjectName,
  primary: HubRecord,
  other: HubRecord,
  writer: Writer,
): HubRecord {
  if (primary.id === other.id) throw invalid("A record cannot be merged with itself.");
  const { records, graph, clock, history, config } = portal;
  const keepsId = config.current().mergeKeepsPrimaryId;
  const gone = keepsId ? [other] : [primary, other];
  const mergedIds = [...primary.mergedIds, ...other.mergedIds, ...gone.map(({ id }) => id)];
  if (mergedIds.length > maxIdentities)
    throw new Refusal(414, "VALIDATION_ERROR", `Cannot have more than ${maxIdentities} identities on a profile`);
  const now = clock.now();
  const id = keepsId ? primary.id : records.nextId(object);
  const properties = withOtherEmail({ ...other.properties, ...primary.properties }, other.properties["email"]);
  const survivor: HubRecord = { ...primary, id, properties, updatedAt: now, mergedIds };
  for (const record of gone) {
    if (record.id !== id) graph.move(object, record.id, id);
    records.remove(object, record.id);
    history.forget(record.id);
    records.noteMerge(object, record.id, id);
  }
  records.put(survivor);
  history.record(keepsId ? primary : undefined, survivor, writer, now);
  return survivor;
}

function withOtherEmail(
  merged: Readonly<Record<string, string>>,
  otherEmail: string | undefined,
): Readonly<Record<string, string>> {
  if (otherEmail === undefined || merged["email"] === otherEmail) return merged;
  const known = merged["hs_additional_emails"];
  return { ...merged, hs_additional_emails: known === undefined ? otherEmail : `${known};${otherEmail}` };
}
