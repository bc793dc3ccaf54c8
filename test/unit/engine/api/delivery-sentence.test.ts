import { expect, test } from "vitest";
import { toCallSentence, toParty } from "../../../../src-main/engine/api/call-sentence.ts";
import { toStanding } from "../../../../src-main/engine/api/delivery-sentence.ts";
import type { DeliveryRow } from "../../../../src-main/engine/ports/delivery-store.ts";
import { deliveryState, untilEvent, waitWhy } from "../../../../src-shared/domain/delivery.ts";
import type { Integration } from "../../../../src-shared/domain/integration.ts";
import { aDeliveryRow, anIntegration } from "../../../builders/delivery-row.ts";

const timeZone = "Europe/London";
const noon = Date.UTC(2026, 6, 1, 11);

type Change = Readonly<{ detail?: string; note?: string; deliveredAt?: number; integration?: Partial<Integration> }>;

function standing(row: Partial<DeliveryRow>, { detail, note, deliveredAt, integration }: Change = {}) {
  const brief = {
    row: aDeliveryRow(row),
    detail: detail ?? null,
    note: note ?? null,
    deliveredAt: deliveredAt ?? null,
  };
  return toStanding({ brief, integration: anIntegration(integration), timeZone });
}

test("a call is told with its parties, its end, and its time in the user's zone", () => {
  expect(toCallSentence(aDeliveryRow().call, timeZone)).toBe(
    "Inbound call from +447700900134 to +442079460011 on 2 Jun 2025, 08:32:16 (Europe/London); it was answered by extension 202 and lasted 7 min 9 s.",
  );
  expect(toParty(null)).toBe("a withheld number");
});

test("a delivered call names the CRM, the time and the record", () => {
  expect(standing({ state: "delivered", remoteId: "991" }, { deliveredAt: noon }).headline).toBe(
    "Delivered to HubSpot on 1 Jul 2026, 12:00:00 as call 991.",
  );
});

test("a held call says for whom it waits, until when, and what to do", () => {
  const found = standing({ state: "waiting", waitWhy: "contact", dueAt: untilEvent, giveUpAt: noon });
  expect(found.headline).toBe(
    "Held: nobody in HubSpot has +447700900134. It is matched again when somebody adds the number, and then written. If nobody adds it by 1 Jul 2026, 12:00:00, it is listed as failed.",
  );
  expect(found.nextStep).toContain("Add +447700900134 to a contact in HubSpot");
  expect(found.waitsUntil).toBe(noon);
});

test("a call that waits for the next try names the time and the last answer", () => {
  expect(standing({ state: "waiting", waitWhy: "retry", dueAt: noon }, { detail: "row locked." }).headline).toBe(
    "Waits for the next try until 1 Jul 2026, 12:00:00. The last answer: row locked.",
  );
});

test("a call of a paused or blocked account says so, and how to go on", () => {
  const paused = standing({ state: "waiting", waitWhy: "paused" }, { integration: { state: "paused" } });
  expect(paused).toMatchObject({
    headline: "Waits: HubSpot is paused.",
    nextStep: "Resume it: callledger integrations resume 1",
  });
  const blocked = standing({ state: "queued" }, { integration: { state: "blocked", blockedReason: "auth_revoked" } });
  expect(blocked.headline).toContain("no longer accepts our sign-in");
  expect(blocked.nextStep).toBe("When it is put right: callledger integrations check 1");
});

test("a call whose answer was lost says that it is looked for and never written twice", () => {
  const { headline } = standing({ state: "uncertain", lastSentAt: noon, nextProbeAt: noon + 60_000 });
  expect(headline).toContain("Sent to HubSpot on 1 Jul 2026, 12:00:00, but the answer was lost");
  expect(headline).toContain("The next look is at 1 Jul 2026, 12:01:00.");
});

test("a dead call gives the reason, the CRM's words and the next step", () => {
  const found = standing({ state: "dead", reason: "value_rejected" }, { detail: "hs_call_duration is too long" });
  expect(found.headline).toBe(
    "Failed. The CRM refused a value that we sent. HubSpot said: hs_call_duration is too long.",
  );
  expect(found.nextStep).toContain("replay the group");
});

test("an acknowledged call gives who and why", () => {
  const note = "Acknowledged by alice: test call";
  expect(standing({ state: "acknowledged" }, { note }).headline).toContain(note);
});

test("every state and every cause of waiting has a sentence without holes", () => {
  for (const state of deliveryState.options)
    for (const why of state === "waiting" ? waitWhy.options : [null]) {
      const { headline } = standing({ state, waitWhy: why, dueAt: noon });
      expect(headline).toMatch(/^[A-Z].*\.$/);
      expect(headline).not.toMatch(/undefined|null|NaN/);
    }
});
