import { z } from "zod";
import { deliveryState, waitWhy } from "../domain/delivery.ts";
import { crmType } from "../domain/integration.ts";
import { reason } from "../domain/reason.ts";

const at = z.int();

export const storyEvent = z.strictObject({
  at,
  operation: z.string(),
  outcome: z.enum(["ok", "waiting", "failed", "info"]),
  summary: z.string(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  reason: reason.nullable(),
  nextRetryAt: at.nullable(),
});

/** A call that several records of the CRM have the number of: each of them, and why no rule could tell them apart. */
export const matchQuestion = z.strictObject({
  candidates: z.array(
    z.strictObject({
      object: z.string(),
      id: z.string(),
      /** As the CRM shows it. */
      name: z.string(),
      /** The field that holds the number. */
      field: z.string(),
      /** Whether the CRM still has the record. */
      isThere: z.boolean(),
      url: z.string().nullable(),
    }),
  ),
  rules: z.array(z.strictObject({ rule: z.string(), said: z.string(), decided: z.boolean() })),
});
export type MatchQuestion = z.infer<typeof matchQuestion>;

/** One call's delivery to one CRM. `headline` says in a sentence where it stands, `paragraphs` how it came to that, `nextStep` what a person can do. */
export const deliveryStory = z.strictObject({
  deliveryId: z.int().positive(),
  integrationId: z.int().positive(),
  crm: crmType,
  label: z.string(),
  /** The idempotency key, as stored in the CRM. */
  key: z.string(),
  state: deliveryState,
  reason: reason.nullable(),
  waitWhy: waitWhy.nullable(),
  waitsUntil: at.nullable(),
  remoteId: z.string().nullable(),
  recordUrl: z.string().nullable(),
  headline: z.string(),
  paragraphs: z.array(z.string()),
  nextStep: z.string().nullable(),
  /** Only where a person must say whose the call is. */
  question: matchQuestion.optional(),
  timeline: z.array(storyEvent),
});
export type DeliveryStory = Readonly<z.infer<typeof deliveryStory>>;

export const callStory = z.strictObject({
  callId: z.string(),
  tenant: z.string(),
  /** The call in words, and where it was read. */
  headline: z.string(),
  readFrom: z.string(),
  excluded: z.string().nullable(),
  /** Accounts that the call is not for, and why. */
  notFor: z.array(z.string()),
  deliveries: z.array(deliveryStory),
  /** What concerns the call but no delivery. */
  timeline: z.array(storyEvent),
});
export type CallStory = Readonly<z.infer<typeof callStory>>;

/** One of several calls that the text may mean. */
export const storyCandidate = z.strictObject({ callId: z.string(), tenant: z.string(), headline: z.string() });

/** `story` where exactly one call is meant; else `candidates` (none: no call has this id or number). */
export const storyAnswer = z.strictObject({ story: callStory.nullable(), candidates: z.array(storyCandidate) });
export type StoryAnswer = Readonly<z.infer<typeof storyAnswer>>;
