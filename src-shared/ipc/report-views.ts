import { z } from "zod";
import { lane } from "../domain/budget.ts";
import { callOutcome } from "../domain/call-outcome.ts";
import { exclusionReason, skipReason } from "../domain/call-record.ts";
import { deliveryState } from "../domain/delivery.ts";
import { crmType, integrationState } from "../domain/integration.ts";
import { laneStop } from "../domain/lane-stop.ts";
import { reason } from "../domain/reason.ts";
import { folderState } from "./ingest-views.ts";
import { mirrorState } from "./mirror-views.ts";
import { teamView } from "./team-views.ts";

const count = z.int().nonnegative();
const at = z.int();
const stateCounts = z.record(deliveryState, count);

export const windowView = z.strictObject({
  lengthMs: z.int(),
  limit: z.number(),
  used: z.number(),
  usedByOthers: z.number(),
  /** What we may use of it at most, by our settings. */
  usable: z.number(),
  resetsAt: at.nullable(),
  blockedUntil: at.nullable(),
});
export type WindowView = Readonly<z.infer<typeof windowView>>;

/** A lane of an account: what it still has to send, how fast it goes, and when it is empty. */
export const laneView = z.strictObject({
  lane,
  /** Calls that are sent as soon as their turn comes. */
  waiting: count,
  /** Calls that are held until somebody adds their contact: no time empties them. */
  held: count,
  /** Calls a minute, over the last minutes; null where nothing waits or nothing was sent in them. */
  perMinute: z.number().nullable(),
  /** When the last of them is sent at this pace, about; null with the reason in `why`. */
  drainsAt: at.nullable(),
  why: laneStop.nullable(),
  /** The limit of a day that the lane has to stop for on the way, by name, or null. */
  limitedBy: z.string().nullable(),
});
export type LaneView = Readonly<z.infer<typeof laneView>>;

export const statusView = z.strictObject({
  integrations: z.array(
    z.strictObject({
      id: z.int().positive(),
      crm: crmType,
      tenant: z.string(),
      label: z.string(),
      account: z.string().nullable(),
      state: integrationState,
      blockedReason: reason.nullable(),
      restUntil: at.nullable(),
      /** Budget windows by name. */
      budget: z.record(z.string(), windowView),
      /** Every lane, the most urgent first. */
      lanes: z.array(laneView),
      deliveries: stateCounts,
      /** Fields of ours that somebody changed in the CRM, and that wait for a person. */
      conflicts: count,
      /** Fields of the contract that were changed in the CRM since, each in a sentence with what to do. */
      drift: z.array(z.string()),
      /** How the local copy of its people stands, and as of when. */
      mirror: z.strictObject({ state: mirrorState, freshAsOf: at.nullable() }),
    }),
  ),
  deliveries: stateCounts,
  sources: count,
  /** Every watched folder: how it stands. */
  folders: z.array(
    z.strictObject({
      id: z.int().positive(),
      path: z.string(),
      state: folderState,
      problem: z.string().nullable(),
      troubleCount: count,
    }),
  ),
  /** PCs that share the limits with this one, and whether they can; null: it counts alone. */
  team: teamView.nullable(),
  /** When something that waits becomes due next, or null. */
  nextDueAt: at.nullable(),
});
export type StatusView = Readonly<z.infer<typeof statusView>>;

/** The daily balance. `balanced`: rows = legs + skipped, and every call that policy lets through is exactly one delivery per integration. */
export const statementView = z.strictObject({
  date: z.string(),
  timeZone: z.string(),
  rows: count,
  legs: count,
  calls: count,
  skipped: z.partialRecord(skipReason, count),
  excluded: z.partialRecord(exclusionReason, count),
  /** Calls by where they stand over all their CRMs. What is missing to `calls` is not accounted for. */
  outcomes: z.record(callOutcome, count),
  /** The calls that began on the day, by half-hours that hold any; `at` is where one begins. `open`: not at its end yet. */
  activity: z.array(z.strictObject({ at, delivered: count, failed: count, skipped: count, open: count })),
  /** Watched sources of which rows were read on the day, and when the last of them were. */
  bySource: z.array(z.strictObject({ sourceId: z.int().positive(), rows: count, readAt: at })),
  byIntegration: z.array(
    z.strictObject({
      integrationId: z.int(),
      crm: crmType,
      label: z.string(),
      eligible: count,
      beforeStart: count,
      states: stateCounts,
      waitingBy: z.record(z.string(), count),
      deadBy: z.record(z.string(), count),
      /** Open conflicts in records of these calls. */
      conflicts: count,
      /** What other applications of the account used of its limits of a day, by window, as the CRM's answers told that day. */
      usedByOthers: z.record(z.string(), z.number()),
      balanced: z.boolean(),
    }),
  ),
  balanced: z.boolean(),
  skippedRows: z.array(
    z.strictObject({ file: z.string(), line: z.int().nullable(), reason: skipReason, detail: z.string().nullable() }),
  ),
});
export type StatementView = Readonly<z.infer<typeof statementView>>;
