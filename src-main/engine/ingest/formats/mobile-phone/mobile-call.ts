import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import { createWords } from "../../presets/cell-values.ts";
import type { RowFacts, RowStart } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { readOwnNumber, toFlatFacts } from "../flat-call/flat-call.ts";

/** What a phone calls a call, which is direction and ending in one word. */
export type MobileType = "incoming" | "outgoing" | "missed" | "cancelled" | "voicemail" | "rejected";

/** Words of phones and backup programs in seven languages; numbers are those of Android's call log (`CallLog.Calls.TYPE`). */
export const readMobileType = createWords<MobileType>({
  incoming: [
    ...([
      "Incoming",
      "In",
      "Inbound",
      "Received",
      "Answered",
      "Incoming call",
      "1",
      "Eingehend",
      "Angenommen",
    ] as const),
    ...(["Eingehender Anruf", "Entrant", "Appel entrant", "Recu", "Entrante", "Llamada entrante", "Recibida"] as const),
    ...(["Ricevuta", "In entrata", "Inkomend", "Ontvangen", "Recebida", "Answered externally", "7"] as const),
  ],
  outgoing: [
    ...(["Outgoing", "Out", "Outbound", "Dialed", "Dialled", "Outgoing call", "Placed", "2", "Ausgehend"] as const),
    ...(["Ausgehender Anruf", "Gewahlt", "Sortant", "Appel sortant", "Emis", "Saliente", "Llamada saliente"] as const),
    ...(["Realizada", "Effettuata", "In uscita", "Uitgaand", "Efetuada", "Realizada"] as const),
  ],
  missed: [
    ...(["Missed", "Missed call", "3", "Verpasst", "Entgangen", "Verpasster Anruf", "Entgangener Anruf"] as const),
    ...([
      "Manque",
      "Appel manque",
      "Perdida",
      "Llamada perdida",
      "Persa",
      "Senza risposta",
      "Gemist",
      "Unanswered",
    ] as const),
  ],
  cancelled: ["Cancelled", "Canceled", "Outgoing cancelled", "Not answered", "Abgebrochen", "Annule", "Cancelada"],
  voicemail: ["Voicemail", "Voice mail", "4", "Mailbox", "Messagerie", "Buzon de voz", "Segreteria"],
  rejected: [
    ...(["Rejected", "Declined", "5", "Blocked", "6", "Refused", "Abgelehnt", "Abgewiesen", "Blockiert"] as const),
    ...(["Rejete", "Refuse", "Bloque", "Rechazada", "Bloqueada", "Rifiutata", "Geweigerd", "Rejeitada"] as const),
  ],
});

const directions: Readonly<Record<MobileType, CallDirection>> = {
  incoming: "inbound",
  outgoing: "outbound",
  missed: "inbound",
  cancelled: "outbound",
  voicemail: "inbound",
  rejected: "inbound",
};

export type MobileCall = Readonly<{
  start: RowStart;
  type: MobileType;
  /** The other side, as the phone shows it. */
  number: string;
  talk: number;
  /** The duration as written. */
  shown: string;
}>;

/** A call of a mobile phone: nobody but its owner talks on it, and its own number comes from the settings. */
export function toMobileFacts(call: MobileCall, { numbers, settings }: RowTools): RowFacts {
  const { start, type, talk, shown } = call;
  const direction = directions[type];
  const own = numbers.toOwn(readOwnNumber(settings));
  // An address of a video call is no number.
  const number = /@/.test(call.number) ? "" : call.number;
  const remote = numbers.toRemote(number);
  const isTalk = talk > 0 && (type === "incoming" || type === "outgoing");
  const status: CallStatus = isTalk ? "answered" : type === "voicemail" ? "voicemail" : "missed";
  const isInbound = direction === "inbound";
  return toFlatFacts({
    start,
    key: null,
    direction,
    status,
    from: isInbound ? remote : own,
    to: isInbound ? own : remote,
    talk,
    agent: null,
    identity: [shown],
  });
}
