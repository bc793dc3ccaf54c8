import { type Lane, lanes } from "../../../src-shared/domain/budget.ts";
import { type WaitWhy, untilEvent } from "../../../src-shared/domain/delivery.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { toBlockSentence } from "../../../src-shared/domain/reason.ts";
import type { DeliveryChange, DeliveryRow, DeliveryStore } from "../ports/delivery-store.ts";
import { auditOf } from "./delivery-audit.ts";

/** Rests shorter than this are simply waited for; a longer one is shown at each call that waits for it, ms. */
export const shortRestMs = 60_000;
/** Calls that are held at a time: some 20 ms, in which nobody else is heard. */
const pageSize = 100;

export type Unavailable = Readonly<{ why: WaitWhy; dueAt: number; sentence: string }>;

/** Until when (epoch ms) nothing is tried: `pace` by the CRM's limit, `retry` because it cannot be reached. */
export type Rest = Readonly<{ until: number; cause: "pace" | "retry" }>;

/** Why an integration takes nothing now, or null. */
export function unavailable(integration: Integration, rest: Rest, now: number): Unavailable | null {
  const name = crmNames[integration.crm];
  if (integration.state === "paused") return { why: "paused", dueAt: untilEvent, sentence: `${name} is paused.` };
  if (integration.state === "blocked") {
    const said =
      integration.blockedReason === null
        ? "It needs a person."
        : toBlockSentence(integration.blockedReason, integration.blockedDetail ?? undefined);
    return { why: "auth", dueAt: untilEvent, sentence: `${name} waits: ${said}` };
  }
  if (rest.until <= now + shortRestMs) return null;
  const sentence = rest.cause === "pace" ? `${name} takes no more calls for now.` : `${name} cannot be reached.`;
  return { why: rest.cause, dueAt: rest.until, sentence };
}

function toHold(row: DeliveryRow, integration: Integration, now: number, cause: Unavailable): DeliveryChange {
  const nextRetryAt = cause.dueAt === untilEvent ? {} : { nextRetryAt: cause.dueAt };
  return {
    id: row.id,
    events: ["hold"],
    patch: { waitWhy: cause.why, dueAt: cause.dueAt },
    audit: [
      auditOf(row, integration, now, {
        operation: "delivery.hold",
        outcome: "waiting",
        summary: `Waits: ${cause.sentence}`,
        ...nextRetryAt,
      }),
    ],
  };
}

function holdPage(
  deliveries: DeliveryStore,
  integration: Integration,
  lane: Lane,
  now: number,
  cause: Unavailable,
): number {
  const rows = deliveries.peekDue({ integrationId: integration.id, lane, now, limit: pageSize });
  if (rows.length > 0) deliveries.apply(rows.map((row) => toHold(row, integration, now, cause)));
  return rows.length;
}

/** Everything that is due at an integration that takes nothing waits visibly, with its cause. Yields between pages. Returns how many. */
export async function holdDue(
  deliveries: DeliveryStore,
  integration: Integration,
  now: number,
  cause: Unavailable,
  pause: () => Promise<void>,
): Promise<number> {
  let held = 0;
  for (const lane of lanes) {
    for (
      let page = holdPage(deliveries, integration, lane, now, cause);
      page > 0;
      page = holdPage(deliveries, integration, lane, now, cause)
    ) {
      held += page;
      await pause();
    }
  }
  return held;
}
