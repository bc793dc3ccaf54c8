import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import type { WireFields } from "./body-schemas.ts";
import type { CoreObject } from "./object-types.ts";
import { primaryPerson } from "./record-wire.ts";
import { badRequest } from "./refusal.ts";
import { sanitiseNote } from "./note-sanitiser.ts";
import { toIsoSeconds } from "./company-record.ts";

/** What a write gives, brought into the form in which it is stored and shown. */
export function toStoredFields(
  company: Company,
  object: CoreObject,
  given: WireFields,
  before: CompanyRecord | undefined,
): WireFields {
  const { custom_fields: _custom, add_time: _added, is_deleted: _deleted, ...fields } = given;
  switch (object) {
    case "persons":
      return {
        ...fields,
        ...lists(fields, "phones"),
        ...lists(fields, "emails"),
        ...ownedByUs(company, fields, before),
      };
    case "organizations":
      return { ...fields, ...ownedByUs(company, fields, before) };
    case "deals":
      return { ...fields, ...toDealTimes(company, fields), ...ownedByUs(company, fields, before) };
    case "activities":
      return toActivity(company, fields, before);
  }
}

function ownedByUs(company: Company, fields: WireFields, before: CompanyRecord | undefined): WireFields {
  return before === undefined && fields["owner_id"] === undefined ? { owner_id: company.me() } : {};
}

type ContactPoint = { readonly value: string; readonly primary?: boolean; readonly label?: string };

/** The first value becomes primary if none is, and labels default to work. */
function lists(fields: WireFields, name: string): WireFields {
  const given = fields[name];
  if (!Array.isArray(given)) return {};
  const points = given.filter(isContactPoint);
  const primary = Math.max(
    points.findIndex((point) => point.primary === true),
    0,
  );
  return {
    [name]: points.map(({ value, label }, position) => ({
      value,
      primary: position === primary,
      label: label ?? "work",
    })),
  };
}

function isContactPoint(value: unknown): value is ContactPoint {
  return typeof value === "object" && value !== null && "value" in value && typeof value.value === "string";
}

function toDealTimes({ clock }: Company, fields: WireFields): WireFields {
  const now = toIsoSeconds(clock.now());
  if (fields["status"] === "won") return { won_time: now, close_time: now };
  if (fields["status"] === "lost") return { lost_time: now, close_time: now };
  return fields["is_archived"] === true ? { archive_time: now } : {};
}

function toActivity(company: Company, fields: WireFields, before: CompanyRecord | undefined): WireFields {
  const { config, clock } = company;
  const note = fields["note"];
  const { participants } = fields;
  const people = toParticipants(participants);
  return {
    ...fields,
    ...(before === undefined ? toActivityDefaults(company, fields) : {}),
    ...(typeof note === "string" ? { note: sanitiseNote(note, config.current().noteSanitiser) } : {}),
    ...withSeconds(fields, "due_time"),
    ...withSeconds(fields, "duration"),
    ...(people === undefined ? {} : { participants: people, person_id: primaryPerson(people) }),
    ...(fields["done"] === undefined
      ? {}
      : { marked_as_done_time: fields["done"] === true ? toIsoSeconds(clock.now()) : null }),
  };
}

function toActivityDefaults(company: Company, fields: WireFields): WireFields {
  const { activityDefaults } = company.config.current();
  const activityTypes = company.activityTypes.list();
  if (!activityDefaults)
    for (const name of ["subject", "type"])
      if (fields[name] === undefined || fields[name] === "") throw badRequest(`Field '${name}' is required`);
  const first = activityTypes.find(({ active_flag: isActive }) => isActive);
  const type = fields["type"] ?? first?.key_string ?? "call";
  const name = activityTypes.find(({ key_string: key }) => key === type)?.name ?? "Activity";
  return {
    type,
    subject: fields["subject"] ?? name,
    done: fields["done"] ?? false,
    due_date: fields["due_date"] ?? toIsoSeconds(company.clock.now()).slice(0, 10),
    owner_id: fields["owner_id"] ?? company.me(),
  };
}

function withSeconds(fields: WireFields, name: string): WireFields {
  const value = fields[name];
  if (typeof value !== "string") return {};
  return { [name]: value.split(":").length === 2 ? `${value}:00` : value };
}

function toParticipants(given: unknown): readonly WireFields[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const primary = primaryPerson(given);
  return given.map((each: unknown) => {
    const person = typeof each === "object" && each !== null && "person_id" in each ? each.person_id : null;
    return { person_id: person, primary: person === primary };
  });
}
