import { area, choice, html, moment, number, shared, system, text, type Standard } from "./property-kinds.ts";

/** What every activity has beside its own fields. */
const activity: readonly Standard[] = [
  ...shared,
  moment("hs_timestamp", "Activity date"),
  text("hs_attachment_ids", "Attached file IDs"),
  system(text("hs_body_preview", "Body Preview")),
  system(moment("hs_createdate", "Create date")),
  system(moment("hs_lastmodifieddate", "Last modified date")),
];

export function notes(): readonly Standard[] {
  return [...activity, html("hs_note_body", "Note body")];
}

export function tasks(): readonly Standard[] {
  return [
    ...activity,
    text("hs_task_subject", "Task Title"),
    html("hs_task_body", "Task Notes"),
    choice("hs_task_status", "Task Status", ["NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"]),
    choice("hs_task_priority", "Priority", ["NONE", "LOW", "MEDIUM", "HIGH"]),
    choice("hs_task_type", "Task Type", ["EMAIL", "CALL", "TODO", "LINKED_IN", "MEETING"]),
    number("hs_task_reminders", "Reminders"),
  ];
}

export function emails(): readonly Standard[] {
  return [
    ...activity,
    text("hs_email_subject", "Email subject"),
    area("hs_email_text", "Email body"),
    html("hs_email_html", "Email body in HTML"),
    choice("hs_email_direction", "Email direction", ["EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"]),
    choice("hs_email_status", "Email send status", ["BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"]),
    area("hs_email_headers", "Email headers"),
    text("hs_email_from_email", "Email from address"),
    text("hs_email_to_email", "Email to address"),
  ];
}

export function meetings(): readonly Standard[] {
  return [
    ...activity,
    text("hs_meeting_title", "Meeting name"),
    html("hs_meeting_body", "Meeting description"),
    html("hs_internal_meeting_notes", "Internal notes"),
    moment("hs_meeting_start_time", "Start time"),
    moment("hs_meeting_end_time", "End time"),
    text("hs_meeting_location", "Location"),
    text("hs_meeting_external_url", "Event link"),
    choice("hs_meeting_outcome", "Meeting outcome", ["SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"]),
    choice("hs_activity_type", "Call and meeting type", ["First call", "Follow-up", "Support"]),
  ];
}
