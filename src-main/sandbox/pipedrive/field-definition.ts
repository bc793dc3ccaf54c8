import { z } from "zod";
import type { CoreObject } from "./object-types.ts";

const fieldTypes = [
  "varchar",
  "varchar_auto",
  "text",
  "double",
  "monetary",
  "enum",
  "set",
  "user",
  "org",
  "people",
  "phone",
  "date",
  "daterange",
  "time",
  "timerange",
  "address",
] as const;
export type CustomType = (typeof fieldTypes)[number];

/** A custom field in the vendor's shape; without `field_code` it gets one that depends on its name only. */
export const fieldInput = z.looseObject({
  field_code: z.string().min(1).optional(),
  field_name: z.string().min(1),
  field_type: z.enum(fieldTypes),
  description: z.string().nullable().optional(),
  options: z.array(z.looseObject({ id: z.int().optional(), label: z.string() })).optional(),
  required_fields: z.looseObject({ enabled: z.boolean() }).optional(),
});
export type FieldInput = z.infer<typeof fieldInput>;

export type FieldOption = { readonly id: number; readonly label: string };
export type FieldDefinition = {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly isCustom: boolean;
  readonly isRequired: boolean;
  readonly options: readonly FieldOption[] | null;
};

/** `code name type`, the names as the web app shows them. */
const standard: Readonly<Record<CoreObject, readonly string[]>> = {
  persons: [
    "id|ID|int",
    "name|Name|varchar",
    "first_name|First name|varchar",
    "last_name|Last name|varchar",
    "phones|Phone|phone",
    "emails|Email|varchar",
    "owner_id|Owner|user",
    "org_id|Organization|org",
    "add_time|Person created|date",
    "update_time|Update time|date",
    "visible_to|Visible to|enum",
    "label_ids|Labels|set",
    "notes|Notes|text",
    "im|Instant messenger|varchar",
    "birthday|Birthday|date",
    "job_title|Job title|varchar",
    "postal_address|Postal address|address",
    "marketing_status|Marketing status|varchar",
    "picture_id|Profile picture|picture",
  ],
  organizations: [
    "id|ID|int",
    "name|Name|varchar",
    "owner_id|Owner|user",
    "add_time|Organization created|date",
    "update_time|Update time|date",
    "visible_to|Visible to|enum",
    "label_ids|Labels|set",
    "address|Address|address",
    "website|Website|varchar",
    "linkedin|LinkedIn profile|varchar",
    "industry|Industry|enum",
    "annual_revenue|Annual revenue|double",
    "employee_count|Number of employees|double",
  ],
  deals: [
    "id|ID|int",
    "title|Title|varchar",
    "owner_id|Owner|user",
    "person_id|Contact person|people",
    "org_id|Organization|org",
    "pipeline_id|Pipeline|double",
    "stage_id|Stage|stage",
    "value|Value|monetary",
    "currency|Currency|varchar",
    "status|Status|status",
    "probability|Probability|int",
    "lost_reason|Lost reason|varchar_options",
    "add_time|Deal created|date",
    "update_time|Update time|date",
    "close_time|Deal closed on|date",
    "won_time|Won time|date",
    "lost_time|Lost time|date",
    "expected_close_date|Expected close date|date",
    "is_archived|Is archived|enum",
    "archive_time|Archive time|date",
    "visible_to|Visible to|enum",
    "label_ids|Labels|set",
  ],
  activities: [
    "id|ID|int",
    "subject|Subject|varchar",
    "type|Type|enum",
    "owner_id|Assigned to user|user",
    "creator_user_id|Creator|user",
    "deal_id|Deal|deal",
    "lead_id|Lead|lead",
    "person_id|Contact person|people",
    "org_id|Organization|org",
    "project_id|Project|project",
    "due_date|Due date|date",
    "due_time|Due time|time",
    "duration|Duration|time",
    "busy|Free/Busy|enum",
    "done|Done|enum",
    "marked_as_done_time|Marked as done time|date",
    "location|Location|address",
    "participants|Participants|people",
    "attendees|Attendees|text",
    "public_description|Public description|text",
    "priority|Priority|enum",
    "outcome|Outcome|enum",
    "note|Note|text",
    "add_time|Add time|date",
    "update_time|Last updated time|date",
  ],
};

export function standardFields(object: CoreObject): readonly FieldDefinition[] {
  return standard[object].map((row) => {
    const [code = "", name = "", type = ""] = row.split("|");
    const isRequired = (code === "name" && object !== "deals") || code === "title";
    return { code, name, type, description: null, isCustom: false, isRequired, options: null };
  });
}

/** Text fields with the length the vendor allows; others have none. */
export const textLimits: Readonly<Record<string, number>> = { varchar: 255, varchar_auto: 255, text: 65_535 };

/** Fields that only accounts with the contact sync may write. */
export const contactSyncFields: ReadonlySet<string> = new Set([
  "notes",
  "im",
  "birthday",
  "job_title",
  "postal_address",
]);
