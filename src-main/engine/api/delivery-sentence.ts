import { untilEvent } from "../../../src-shared/domain/delivery.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { DeliveryRow } from "../ports/delivery-store.ts";
import type { DeliveryBrief } from "../ports/report-store.ts";
import { toLocalTime } from "../../../src-shared/domain/local-time.ts";
import { whyIdle } from "./integration-handlers.ts";

/** A delivery's standing in words: where it is, and what a person can do (null: nothing needs to be done). */
export type Standing = Readonly<{ headline: string; nextStep: string | null; waitsUntil: number | null }>;

type Ask = Readonly<{ brief: DeliveryBrief; integration: Integration; timeZone: string }>;

const knownTime = (at: number | null): number | null => (at === null || at >= untilEvent ? null : at);

function toWaiting({ brief: { row, detail }, integration, timeZone }: Ask): Standing {
  const crm = crmNames[integration.crm];
  const until = knownTime(row.dueAt);
  const at = until === null ? "" : ` until ${toLocalTime(until, timeZone)}`;
  const last = detail === null ? "" : ` The last answer: ${detail.replace(/[.\s]*$/, "")}.`;
  switch (row.waitWhy) {
    case "contact": {
      const givesUp = knownTime(row.giveUpAt);
      const end =
        givesUp === null ? "" : ` If nobody adds it by ${toLocalTime(givesUp, timeZone)}, it is listed as failed.`;
      return {
        headline: `Held: nobody in ${crm} has ${otherParty(row)}. It is matched again when somebody adds the number, and then written.${end}`,
        nextStep: `Add ${otherParty(row)} to a contact in ${crm}; the call follows by itself.`,
        waitsUntil: givesUp,
      };
    }
    case "pace":
      return { headline: `Waits for room in ${crm}'s limits${at}.`, nextStep: null, waitsUntil: until };
    case "retry":
      return { headline: `Waits for the next try${at}.${last}`, nextStep: null, waitsUntil: until };
    case "settle":
      return { headline: `Waits for the end of the call in the log${at}.`, nextStep: null, waitsUntil: until };
    case "paused":
    case "auth":
    case null: {
      const idle = whyIdle(integration) ?? `Waits until ${integration.label} can go on.${last}`;
      return { headline: `Waits: ${idle}`, nextStep: toResume(integration), waitsUntil: null };
    }
  }
}

const toResume = (integration: Integration): string | null =>
  integration.state === "paused"
    ? `Resume it: callledger integrations resume ${integration.id}`
    : integration.state === "blocked"
      ? `When it is put right: callledger integrations check ${integration.id}`
      : null;

const otherParty = ({ call }: DeliveryRow): string =>
  (call.direction === "inbound" ? call.from : call.to) ?? "the withheld number";

/** Where a delivery stands, in words for a sales manager; times in the zone given. */
export function toStanding(ask: Ask): Standing {
  const { brief, integration, timeZone } = ask;
  const { row } = brief;
  const crm = crmNames[integration.crm];
  const time = (at: number) => toLocalTime(at, timeZone);
  switch (row.state) {
    case "delivered": {
      const when = brief.deliveredAt === null ? "" : ` on ${time(brief.deliveredAt)}`;
      const record = row.remoteId === null ? "" : ` as call ${row.remoteId}`;
      return { headline: `Delivered to ${crm}${when}${record}.`, nextStep: null, waitsUntil: null };
    }
    case "queued": {
      const idle = whyIdle(integration);
      const again =
        row.sentRevision === null ? "" : " It was delivered before; the log has a later version of the call.";
      const headline = idle === null ? `In the queue for ${crm}.${again}` : `In the queue for ${crm}. ${idle}${again}`;
      return { headline, nextStep: toResume(integration) ?? "It goes out when the sync runs.", waitsUntil: null };
    }
    case "waiting":
      return toWaiting(ask);
    case "sending":
      return { headline: `Being sent to ${crm} now.`, nextStep: null, waitsUntil: null };
    case "uncertain": {
      const sent = row.lastSentAt === null ? "" : ` on ${time(row.lastSentAt)}`;
      const next = row.nextProbeAt === null ? "" : ` The next look is at ${time(row.nextProbeAt)}.`;
      return {
        headline: `Sent to ${crm}${sent}, but the answer was lost. CallLedger looks for it in ${crm} before it does anything else, so it is never written twice.${next}`,
        nextStep: null,
        waitsUntil: knownTime(row.nextProbeAt),
      };
    }
    case "dead": {
      const { sentence, nextStep } = reasonTexts[row.reason ?? "unknown"];
      const detail = brief.detail?.replace(/[.\s]*$/, "") ?? "";
      // Whose a call is was decided here: the CRM said nothing.
      const said = detail === "" ? "" : row.reason === "ambiguous_match" ? ` ${detail}.` : ` ${crm} said: ${detail}.`;
      return { headline: `Failed. ${sentence}${said}`, nextStep, waitsUntil: null };
    }
    case "acknowledged": {
      const note = brief.note === null || brief.note === "" ? "." : `: ${brief.note}`;
      return { headline: `Not written to ${crm}, and acknowledged as such${note}`, nextStep: null, waitsUntil: null };
    }
  }
}
