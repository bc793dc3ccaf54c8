import type { CallDirection, CallStatus } from "../../../../../src-shared/domain/call-record.ts";
import type { SourceSettings } from "../../../../../src-shared/domain/source-settings.ts";
import { createTextCache } from "../../numbers/text-cache.ts";
import { toPlainWord } from "../../records/plain-word.ts";

/** What a word of a direction or status column means. `ringing`: the call is not over. `other`: no phone call at all. */
export type ValueMeaning = CallDirection | CallStatus | "ringing" | "other" | "unknown";

const tables: Readonly<Record<Exclude<ValueMeaning, "unknown">, string>> = {
  inbound:
    "in, inbound, incoming, received, i, eingehend, ankommend, eingang, angekommen, entrant, recu, entrante, recibida, " +
    "recibido, kommend, ein, eingehender anruf, terminating, inkomend, ontvangen, in entrata, ricevuta, entrada, recebida, incoming call, inbound call, rx",
  outbound:
    "out, outbound, outgoing, placed, o, ausgehend, abgehend, ausgang, gewahlt, sortant, emis, saliente, realizada, " +
    "gehend, aus, ausgehender anruf, originating, dialed, dialled, uitgaand, in uscita, effettuata, saida, efetuada, outgoing call, outbound call, tx, made",
  internal: "internal, intern, interne, interno, interna, extension to extension, intercom, local, inter office",
  answered:
    "answered, connected, completed, accepted, yes, true, y, 1, success, successful, ok, angenommen, beantwortet, " +
    "verbunden, erfolgreich, ja, repondu, abouti, oui, contestado, contestada, atendida, si, risposta, risposto, " +
    "beantwoord, opgenomen, sim, call connected, answer, talked, normal clearing, ended, hangup, done",
  missed:
    "missed, no answer, noanswer, unanswered, not answered, abandoned, cancelled, canceled, cancel, no, false, n, declined, " +
    "rejected, blocked, lost, timeout, hang up, hung up, no response, dropped, not connected, verpasst, " +
    "nicht angenommen, nicht erreicht, entgangen, abgebrochen, abgelehnt, abgewiesen, nein, unbeantwortet, keine antwort, " +
    "manque, pas de reponse, sans reponse, non repondu, non, annule, rejete, perdida, no contestada, no contestado, " +
    "cancelada, rechazada, persa, senza risposta, non risposta, rifiutata, annullata, gemist, niet beantwoord, " +
    "niet opgenomen, perdida, nao atendida, rejeitada, originator cancel, no user response",
  busy: "busy, besetzt, occupe, ocupado, occupato, bezet, user busy, line busy",
  failed:
    "failed, failure, error, congestion, invalid number, wrong number, unallocated, not found, call failed, unreachable, " +
    "gescheitert, fehlgeschlagen, fehler, ungultig, echoue, echec, fallida, fallido, fallita, mislukt, falhou, " +
    "chanunavail, network error, number not in service, unallocated number",
  voicemail:
    "voicemail, voice mail, vm, mailbox, left voicemail, went to voicemail, message left, anrufbeantworter, " +
    "sprachbox, mobilbox, messagerie, messagerie vocale, repondeur, buzon, buzon de voz, contestador, segreteria, " +
    "segreteria telefonica, correio de voz, antwoordapparaat, to voicemail",
  ringing:
    "in progress, inprogress, ringing, active, ongoing, live, in call, queued, lauft, klingelt, aktiv, en cours, " +
    "sonne, en curso, sonando, in corso, bezig, em andamento, dialing, dialling, initiated, waiting",
  other:
    "fax, sms, mms, text, text message, chat, email, e mail, message, login, logout, log in, log out, video message, " +
    "fax received, fax sent, note, break, pause, dnd, do not disturb, registration",
};

const meanings = new Map<string, ValueMeaning>();
const addWords = (meaning: Exclude<ValueMeaning, "unknown">): void => {
  for (const word of tables[meaning].split(",")) meanings.set(toPlainWord(word), meaning);
};
for (const meaning of ["inbound", "outbound", "internal", "answered", "missed", "busy", "failed"] as const) {
  addWords(meaning);
}
for (const meaning of ["voicemail", "ringing", "other"] as const) addWords(meaning);

/** For sentences such as "Inbound Queue" or "Answered by Bob": the first that fits counts, refusals before answers. */
const beginnings: readonly (readonly [RegExp, ValueMeaning])[] = [
  [/^(?:inbound|incoming|eingehend|ankommend|entrant)/, "inbound"],
  [/^(?:outbound|outgoing|ausgehend|abgehend|sortant|salient)/, "outbound"],
  [/^(?:internal|intern)/, "internal"],
  [/voicemail|anrufbeantworter|messagerie|buzondevoz|segreteria/, "voicemail"],
  [/^fax/, "other"],
  [/(?:^|not|un|no|nicht)(?:un)?answer|missed|verpasst|abandon|cancel|reject|declin|noreply/, "missed"],
  [/busy|besetzt/, "busy"],
  [/fail|error|congest|invalid/, "failed"],
  [/^(?:answered|connected|completed|accepted|angenommen|beantwortet)/, "answered"],
];

function findMeaning(cell: string): ValueMeaning {
  const word = toPlainWord(cell);
  const known = meanings.get(word);
  if (known !== undefined) return known;
  if (word.startsWith("answered")) return "answered";
  return beginnings.find(([pattern]) => pattern.test(word))?.[1] ?? "unknown";
}

/**
 * The meaning of a cell of a direction or status column: as the settings say, else in seven languages. One reader per
 * file: it remembers.
 */
export function createWordReader(own: SourceSettings["words"] = {}): (cell: string) => ValueMeaning {
  const told = new Map(Object.entries(own).map(([word, meaning]) => [toPlainWord(word), meaning]));
  return createTextCache((cell) => told.get(toPlainWord(cell)) ?? findMeaning(cell));
}

export const isDirection = (meaning: ValueMeaning): meaning is CallDirection =>
  meaning === "inbound" || meaning === "outbound" || meaning === "internal";

export const isStatus = (meaning: ValueMeaning): meaning is CallStatus =>
  ["answered", "missed", "busy", "failed", "voicemail"].includes(meaning);

const totals =
  /^(?:grand|sub|gesamt|end)?\s*-?(?:totals?|totaux|totale|totali|totaal|totais|summe|gesamt|gesamtsumme|insgesamt|suma|somma|soma)\b/i;

/** True for the label of a row that adds up the rows above. */
export const isTotalsLabel = (cell: string): boolean => totals.test(cell.trim());
