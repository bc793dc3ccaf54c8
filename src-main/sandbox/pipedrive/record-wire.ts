import type { Company } from "./company.ts";
import { idOf, toIsoSeconds, toPlainTime, type CompanyRecord } from "./company-record.ts";
import { firstPlace } from "./deal-stage.ts";
import { coreObjects, type CoreObject, type ObjectName } from "./object-types.ts";

export type Wire = Readonly<Record<string, unknown>>;

const blanks: Readonly<Record<CoreObject, Wire>> = {
  persons: {
    name: "",
    first_name: null,
    last_name: null,
    owner_id: null,
    org_id: null,
    phones: [],
    emails: [],
    visible_to: 3,
    label_ids: [],
    picture_id: null,
    postal_address: null,
    notes: null,
    im: [],
    birthday: null,
    job_title: null,
  },
  organizations: {
    name: "",
    owner_id: null,
    visible_to: 3,
    label_ids: [],
    address: null,
    website: null,
    linkedin: null,
    industry: null,
    annual_revenue: null,
    employee_count: null,
  },
  deals: {
    title: "",
    owner_id: null,
    person_id: null,
    org_id: null,
    stage_id: firstPlace.stage_id,
    pipeline_id: firstPlace.pipeline_id,
    value: 0,
    currency: "EUR",
    status: "open",
    probability: null,
    lost_reason: null,
    is_archived: false,
    archive_time: null,
    close_time: null,
    won_time: null,
    lost_time: null,
    stage_change_time: null,
    local_won_date: null,
    local_lost_date: null,
    local_close_date: null,
    expected_close_date: null,
    visible_to: 3,
    label_ids: [],
    origin: "ManuallyCreated",
    origin_id: null,
    channel: null,
    channel_id: null,
  },
  activities: {
    subject: "",
    type: "call",
    owner_id: null,
    deal_id: null,
    lead_id: null,
    person_id: null,
    org_id: null,
    project_id: null,
    due_date: null,
    due_time: null,
    duration: null,
    busy: false,
    done: false,
    marked_as_done_time: null,
    location: null,
    participants: [],
    attendees: null,
    conference_meeting_client: null,
    conference_meeting_url: null,
    conference_meeting_id: null,
    public_description: null,
    priority: null,
    outcome: null,
    note: null,
  },
};

/** `keys` picks some of the custom fields. Removed and hidden fields are absent. */
export function toWire(company: Company, record: CompanyRecord, keys?: readonly string[]): Wire {
  const object = toCore(record.object);
  if (object === undefined) return { id: record.id, ...record.fields };
  const { removedFields, fieldPermissions } = company.config.current();
  const rights = fieldPermissions[object] ?? {};
  const isShown = (name: string): boolean => !(removedFields[object] ?? []).includes(name) && rights[name] !== "none";
  const standard = Object.entries({
    id: Number(record.id),
    ...blanks[object],
    ...record.fields,
    ...(object === "persons" ? splitName(record.fields["name"]) : {}),
    ...(object === "organizations" ? {} : { creator_user_id: record.creatorId }),
    is_deleted: record.deletedAt !== undefined,
    add_time: toIsoSeconds(record.addTime),
    update_time: toIsoSeconds(record.updateTime),
  }).filter(([name]) => isShown(name) && !(object === "persons" && name === "creator_user_id"));
  const custom = company.registry
    .list(object)
    .filter(({ code, isCustom }) => isCustom && isShown(code) && (keys === undefined || keys.includes(code)))
    .map(({ code }) => [code, record.custom[code] ?? null] as const);
  const shownCustom = object === "activities" ? {} : { custom_fields: Object.fromEntries(custom) };
  return { ...Object.fromEntries(standard), ...shownCustom };
}

function toCore(object: ObjectName): CoreObject | undefined {
  return coreObjects.find((name) => name === object);
}

/** The vendor splits a name at its first blank. */
function splitName(name: unknown): Wire {
  const text = typeof name === "string" ? name.trim() : "";
  const at = text.indexOf(" ");
  if (at < 0) return { first_name: text === "" ? null : text, last_name: null };
  return { first_name: text.slice(0, at), last_name: text.slice(at + 1) };
}

/** The first version's shape, for recents and merges: other names, times without a zone, `active_flag`. */
export function toV1Wire(company: Company, record: CompanyRecord): Wire {
  const {
    phones,
    emails,
    is_deleted: isDeleted,
    custom_fields: custom,
    owner_id: owner,
    ...rest
  } = toWire(company, record);
  const { participants, attendees, location, address, ...plain } = rest;
  return {
    ...plain,
    ...(record.object === "persons" ? { phone: phones, email: emails, owner_id: owner } : {}),
    ...(record.object === "organizations" ? { owner_id: toV1Owner(company, owner), address: toText(address) } : {}),
    ...(record.object === "deals" || record.object === "activities" ? { user_id: owner } : {}),
    ...(record.object === "activities"
      ? { participants: toV1Participants(participants), attendees, location: toText(location) }
      : {}),
    ...(typeof custom === "object" && custom !== null ? custom : {}),
    ...("visible_to" in rest ? { visible_to: String(idOf(rest["visible_to"])) } : {}),
    active_flag: isDeleted !== true,
    company_id: companyId,
    add_time: toPlainTime(record.addTime),
    update_time: toPlainTime(record.updateTime),
  };
}

/** An address of the first version is one text. */
function toText(value: unknown): string | null {
  return typeof value === "object" && value !== null && "value" in value && typeof value.value === "string"
    ? value.value
    : null;
}

function toV1Participants(participants: unknown): unknown {
  if (!Array.isArray(participants)) return participants;
  return participants.map((each: unknown) => {
    if (typeof each !== "object" || each === null || !("person_id" in each)) return each;
    return { person_id: each.person_id, primary_flag: "primary" in each && each.primary === true };
  });
}

function toV1Owner({ config }: Company, owner: unknown): unknown {
  const user = config.current().users.find(({ id }) => id === idOf(owner));
  if (user === undefined) return owner;
  const { id, name, email, active } = user;
  return { id: Number(id), value: Number(id), name, email, active_flag: active, has_pic: 0, pic_hash: null };
}

export const companyId = 66_660_666;

/** The person an activity is about: the primary participant. */
export function primaryPerson(participants: unknown): number | null {
  if (!Array.isArray(participants)) return null;
  const given = participants.filter(
    (each: unknown): each is { readonly person_id: number; readonly primary?: boolean } =>
      typeof each === "object" && each !== null && "person_id" in each && idOf(each.person_id) !== undefined,
  );
  return (given.find(({ primary }) => primary === true) ?? given[0])?.person_id ?? null;
}
