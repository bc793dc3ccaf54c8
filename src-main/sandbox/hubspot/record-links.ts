import type { AssociationType } from "./association-types.ts";
import type { HubRecord } from "./hub-record.ts";
import { isActivity, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { primaryCompany } from "./property-reader.ts";
import { invalid, locked } from "./refusal.ts";

/**
 * Links two records the way HubSpot does: a labelled link carries the unlabelled one along, a first company becomes the
 * primary one, and a logged call touches what it is linked to.
 */
export function linkRecords(portal: Portal, type: AssociationType, fromId: string, toId: string): void {
  const { graph, types } = portal;
  graph.link(type, fromId, toId);
  if (type.label !== null && types.list(type.from, type.to).some(({ label }) => label === null))
    graph.link(types.unlabelled(type.from, type.to), fromId, toId);
  keepPrimary(portal, type.from, fromId, type.to, toId);
  keepPrimary(portal, type.to, toId, type.from, fromId);
  if (isActivity(type.from)) afterActivityLink(portal, type.from, fromId, type.to, toId);
  else if (isActivity(type.to)) afterActivityLink(portal, type.to, toId, type.from, fromId);
}

function keepPrimary(portal: Portal, from: ObjectName, fromId: string, to: ObjectName, toId: string): void {
  if (to !== "companies" || (from !== "contacts" && from !== "deals")) return;
  if (primaryCompany(portal.graph, { object: from, id: fromId }) !== undefined) return;
  const primary = portal.types
    .list(from, to)
    .find(({ label, category }) => label === "Primary" && category === "HUBSPOT_DEFINED");
  if (primary !== undefined) portal.graph.link(primary, fromId, toId);
}

function afterActivityLink(portal: Portal, activity: ObjectName, id: string, other: ObjectName, otherId: string): void {
  const touched = portal.records.current(other).get(otherId);
  if (touched !== undefined) touch(portal, touched, activity);
  if (activity !== "calls" || other !== "contacts" || !portal.config.current().autoAssociateCompany) return;
  const companyId = primaryCompany(portal.graph, { object: "contacts", id: otherId });
  if (companyId !== undefined) portal.graph.link(portal.types.unlabelled("calls", "companies"), id, companyId);
}

/** A logged activity counts as a modification of the record it is about; notes and tasks are no contact with it. */
function touch({ clock, records }: Portal, record: HubRecord, activity: ObjectName): void {
  const now = clock.now();
  const time = new Date(now).toISOString();
  const isContact = activity !== "notes" && activity !== "tasks";
  const dates = { notes_last_updated: time, ...(isContact ? { notes_last_contacted: time } : {}) };
  records.put({ ...record, properties: { ...record.properties, ...dates }, updatedAt: now });
}

/** Both ends of a link must be there, seen by the token's user, and not locked. Throws a `Refusal`. */
export function checkLinkEnd({ records, config }: Portal, object: ObjectName, id: string): void {
  if (records.visible(object, id) === undefined) {
    throw invalid(`One or more associations are not valid: no ${object} object exists with id ${id}.`, {
      context: { id: [id] },
    });
  }
  checkUnlocked(config.current().lockedRecords, object, id);
}

export function checkUnlocked(
  lockedRecords: Readonly<Partial<Record<ObjectName, readonly string[]>>>,
  object: ObjectName,
  id: string,
): void {
  if (lockedRecords[object]?.includes(id) === true) throw locked();
}
