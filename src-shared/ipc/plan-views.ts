import { z } from "zod";
import { callRecord } from "../domain/call-record.ts";
import { crmType } from "../domain/integration.ts";
import { payloadView } from "./ownership-views.ts";

/**
 * What would become of a call at a CRM. `create`, `update`: it would be written. `nothing`: it is there as it is. `hold`: it
 * waits for somebody to add the contact. `ask`: a person has to choose whose it is. `refuse`: the CRM would refuse it.
 */
export const planVerdict = z.enum(["create", "update", "nothing", "hold", "ask", "refuse"]);
export type PlanVerdict = z.infer<typeof planVerdict>;

/** A call as it would go to one CRM, told without asking it. */
export const plannedDelivery = payloadView.extend({
  callId: z.string(),
  logId: z.string().nullable(),
  startedAt: z.int(),
  direction: callRecord.shape.direction,
  status: callRecord.shape.status,
  /** The party outside the house, or null where it was withheld. */
  number: z.string().nullable(),
  agent: z.string().nullable(),
  integrationId: z.int(),
  crm: crmType,
  label: z.string(),
  verdict: planVerdict,
  /** The record that it would be logged to, or null: nobody's, or one that would be made first. */
  person: z.strictObject({ object: z.string(), id: z.string(), name: z.string() }).nullable(),
  /** Who would be made for the number first. */
  makes: z.enum(["contact", "lead"]).nullable(),
  /** The rule that decided whose call it is, and what it saw. */
  rule: z.string().nullable(),
  evidence: z.string(),
});
export type PlannedDelivery = Readonly<z.infer<typeof plannedDelivery>>;

/** What the calls of a plan come to at one CRM. */
export const plannedTotal = z.strictObject({
  integrationId: z.int(),
  crm: crmType,
  label: z.string(),
  verdicts: z.record(planVerdict, z.int()),
  /** People that would be made first. */
  people: z.int(),
  /** Requests for the calls themselves, without sign-in and the copy of the CRM's people; units by budget window. */
  requests: z.int(),
  cost: z.record(z.string(), z.number()),
  /** Whether there is a copy of its people, and since when it is fresh (epoch ms). */
  mirror: z.string(),
  mirrorFreshAsOf: z.int().nullable(),
  schemaReadAt: z.int().nullable(),
});
export type PlannedTotal = Readonly<z.infer<typeof plannedTotal>>;
