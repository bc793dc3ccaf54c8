import { z } from "zod";
import type { CoreObject } from "./object-types.ts";
import { notAllowed, schemaRefusal } from "./refusal.ts";

const reference = z.int().positive();
const optionalReference = reference.nullable();
const text = z.string();
const optionalText = z.string().nullable();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date, YYYY-MM-DD");
const clock = z.string().regex(/^\d{2,3}:[0-5]\d(:[0-5]\d)?$/, "must be a time, HH:MM");
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/, "must be RFC 3339 in whole seconds");
const contactPoint = z.array(
  z.strictObject({ value: text, primary: z.boolean().optional(), label: z.string().optional() }),
);
const address = z.strictObject({
  value: text.optional(),
  country: optionalText.optional(),
  admin_area_level_1: optionalText.optional(),
  admin_area_level_2: optionalText.optional(),
  locality: optionalText.optional(),
  sublocality: optionalText.optional(),
  route: optionalText.optional(),
  street_number: optionalText.optional(),
  subpremise: optionalText.optional(),
  postal_code: optionalText.optional(),
});
const labels = z.array(z.int());
const custom = z.record(z.string(), z.unknown());
const visibility = z.int().min(1).max(7);

const person = {
  name: text.min(1),
  owner_id: reference,
  org_id: optionalReference,
  add_time: moment,
  emails: contactPoint,
  phones: contactPoint,
  visible_to: visibility,
  label_ids: labels,
  postal_address: address.nullable(),
  notes: optionalText,
  im: contactPoint,
  birthday: day.nullable(),
  job_title: optionalText,
  marketing_status: z.enum(["no_consent", "unsubscribed", "subscribed", "archived"]),
  custom_fields: custom,
};
const organization = {
  name: text.min(1),
  owner_id: reference,
  add_time: moment,
  visible_to: visibility,
  label_ids: labels,
  address: address.nullable(),
  website: optionalText,
  linkedin: optionalText,
  industry: z.int().nullable(),
  annual_revenue: z.int().nullable(),
  employee_count: z.int().nullable(),
  custom_fields: custom,
};
const deal = {
  title: text.min(1),
  owner_id: reference,
  person_id: optionalReference,
  org_id: optionalReference,
  pipeline_id: reference,
  stage_id: reference,
  value: z.number(),
  currency: text.length(3),
  is_archived: z.boolean(),
  is_deleted: z.boolean(),
  archive_time: moment,
  status: z.enum(["open", "won", "lost"]),
  probability: z.number().nullable(),
  lost_reason: optionalText,
  visible_to: visibility,
  close_time: moment.nullable(),
  won_time: moment,
  lost_time: moment,
  expected_close_date: day.nullable(),
  label_ids: labels,
  custom_fields: custom,
};
const activity = {
  subject: text,
  type: text,
  owner_id: reference,
  deal_id: optionalReference,
  lead_id: optionalText,
  org_id: optionalReference,
  project_id: optionalReference,
  due_date: day,
  due_time: clock,
  duration: clock,
  busy: z.boolean(),
  done: z.boolean(),
  location: address.nullable(),
  participants: z.array(z.strictObject({ person_id: reference, primary: z.boolean().optional() })),
  attendees: z.array(
    z.strictObject({
      email: text,
      name: optionalText.optional(),
      status: optionalText.optional(),
      is_organizer: z.boolean().optional(),
      person_id: optionalReference.optional(),
      user_id: optionalReference.optional(),
    }),
  ),
  public_description: optionalText,
  priority: z.int().nullable(),
  outcome: z.int().nullable(),
  note: optionalText,
};

const bodies = {
  persons: z.strictObject(person).partial(),
  organizations: z.strictObject(organization).partial(),
  deals: z.strictObject(deal).partial(),
  activities: z.strictObject(activity).partial(),
} as const;

export type WireFields = Readonly<Record<string, unknown>>;

/** A write's body, checked strictly as the second version does. Throws a `Refusal` that names the field. */
export function checkBody(object: CoreObject, body: unknown): WireFields {
  const checked = bodies[object].safeParse(body);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => [...issue.path.map(String), key].join("."));
    throw notAllowed(names[0] ?? "body");
  }
  const at = issue?.path.map(String).join(".") ?? "";
  throw schemaRefusal(at === "" ? "body" : at, issue?.message ?? "Invalid input");
}
