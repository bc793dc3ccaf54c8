import { toPlainWord } from "./plain-word.ts";

/** What a column of a call table can hold. `remote`: the outside party, whatever the direction. */
export type ColumnField =
  | "from"
  | "to"
  | "did"
  | "remote"
  | "start"
  | "answer"
  | "end"
  | "talk"
  | "duration"
  | "ring"
  | "direction"
  | "status"
  | "agent"
  | "id";

/** Languages tell the date order apart: only English headers leave it open. */
export type HeaderLanguage = "en" | "other";

type Words = Readonly<Record<ColumnField, readonly string[]>>;

/** Per field the headers that real systems use, the most telling first; the order decides when several columns fit. */
const english: Words = {
  from: [
    "from, caller, caller id, caller number, calling number, calling party, source, src, cli, callerid, ani",
    "originating number, clid, call from, from number, caller id number, a number, origin, caller phone number",
    "from phone number, calling party number, caller no, from phone",
  ],
  to: [
    "to, callee, called number, called party, destination, dst, dialed number, dialled number, terminating number",
    "dnis, call to, to number, destination number, dialed, dialled, b number, called, callee number, recipient",
    "called party number, recipient number, to phone number, destination phone number, to phone",
  ],
  did: ["did, ddi, dialed line, inbound number, did number, trunk number"],
  remote: ["number, phone number, phone, telephone, tel, contact number, external number, remote number, msisdn"],
  start: [
    "start, start time, call start, started at, start date, date time, datetime, call date time, timestamp",
    "call time, calldate, call date, date, time, invite time, started, date and time, created at, time stamp",
    "start datetime, start timestamp, start date time, begin time, begin, call date and time, call datetime",
  ],
  answer: ["answer, answer time, answered at, connect time, connected at, time answered"],
  end: [
    "end, end time, ended at, call end, time end, end date, hangup time, finished at, end datetime, end timestamp",
    "disconnect time, disconnected time, disconnected at, stop time, completed at",
  ],
  talk: [
    "talk time, talking, talk duration, billsec, connected time, in call duration, conversation, billable seconds",
    "talk seconds, talk, duration in call",
  ],
  duration: ["duration, length, seconds, call duration, call length, total duration, duration seconds, dur"],
  ring: ["ringing, ring time, ring duration, wait, wait time, ring"],
  direction: ["direction, call direction, in out, type, call type, communication type, dir"],
  status: [
    "status, result, disposition, outcome, call status, action result, call result, answered, state, call outcome",
    "last leg disposition, call disposition, final status, final disposition, end reason",
  ],
  agent: ["agent, user, extension, ext, answered by, operator, agent name, user name, party1name, handled by, name"],
  id: [
    "call id, callid, linkedid, uniqueid, unique id, uuid, call sid, correlation id, call uuid, call reference",
    "call ref, session, session id, usageid, record id, id",
  ],
};

const others: Words = {
  from: [
    "anrufer, von, quelle, rufnummer anrufer, absender, anrufernummer",
    "appelant, origine, de, numero appelant, numero de l appelant",
    "origen, llamante, numero origen, chiamante, da, mittente, beller, van, origem, chamador",
  ],
  to: [
    "angerufene nummer, an, ziel, gewahlte nummer, angerufener, zielrufnummer, gerufene nummer",
    "appele, vers, numero compose, destinataire, destino, llamado, numero destino, marcado, numero marcado",
    "chiamato, a, destinazione, gebelde, naar, bestemming, chamado",
  ],
  did: ["eigene rufnummer, durchwahl, sda, numero appele, numero entrante"],
  remote: ["rufnummer, telefonnummer, nummer, telefon, numero, telephone, telefono, telefoonnummer, telefone"],
  start: [
    "startzeit, beginn, anrufzeit, anrufdatum, datum uhrzeit, zeitpunkt, datum, uhrzeit, zeit",
    "debut, date appel, date heure, heure, heure appel, inicio, fecha llamada, fecha hora, fecha, hora",
    "inizio, data ora, data, ora, tijd, tijdstip, data hora",
  ],
  answer: ["angenommen um, verbunden um, heure de reponse, hora respuesta"],
  end: ["ende, endzeit, fin, heure fin, hora fin, fine, einde, fim"],
  talk: ["gesprachsdauer, sprechzeit, gesprach, duree de conversation, tiempo de conversacion, gespreksduur"],
  duration: ["dauer, duree, duracion, durata, duur, duracao"],
  ring: ["klingeln, klingeldauer, wartezeit, sonnerie, attente, timbre, espera, squillo, belt, toque"],
  direction: ["richtung, anrufart, typ, art, sens, direccion, sentido, tipo, direzione, richting, direcao"],
  status: ["ergebnis, zustand, statut, resultat, etat, estado, resultado, disposicion, stato, esito, situacao"],
  agent: [
    "mitarbeiter, nebenstelle, benutzer, bearbeiter, utilisateur, poste, agente, usuario, extension, operatore",
    "interno, medewerker, toestel, ramal",
  ],
  id: [
    "anruf id, anruf nr, gesprachs id, anrufkennung, id appel, identifiant, id llamada, id chiamata, gespreks id",
    "id chamada",
  ],
};

export const columnFields: readonly ColumnField[] = [
  ...(["from", "to", "did", "remote", "start", "answer", "end", "talk", "duration"] as const),
  ...(["ring", "direction", "status", "agent", "id"] as const),
];

export type HeaderMeaning = Readonly<{ field: ColumnField; rank: number; language: HeaderLanguage }>;

function toTable(): ReadonlyMap<string, readonly HeaderMeaning[]> {
  const table = new Map<string, HeaderMeaning[]>();
  for (const [language, words] of [["en", english] as const, ["other", others] as const]) {
    for (const field of columnFields) {
      const names = words[field].flatMap((line) => line.split(","));
      names.forEach((name, rank) => {
        const word = toPlainWord(name);
        const known = table.get(word) ?? [];
        if (!known.some((meaning) => meaning.field === field)) table.set(word, [...known, { field, rank, language }]);
      });
    }
  }
  return table;
}

const meanings = toTable();

/** What a header says besides its name: a unit or a zone. */
export type HeaderNote = Readonly<{ unit: "s" | "ms" | "min" | null; isUtc: boolean }>;

const isParty: ReadonlySet<ColumnField> = new Set(["from", "to", "did", "remote", "agent", "id"] as const);

/** Nobody heads a column with more; patterns are not let loose on what is longer. */
const longestHeader = 120;

/** The meanings a header cell can have; a remark in brackets ("Duration (s)") and a final UTC do not count. */
export function findHeaderMeanings(cell: string): readonly HeaderMeaning[] {
  if (cell.length > longestHeader) return [];
  const whole = meanings.get(toPlainWord(cell));
  if (whole !== undefined) return whole;
  const bare = cell.replaceAll(/[([{].*?[)\]}]/g, " ").replaceAll(/\b(utc|gmt)\b/gi, " ");
  const found = meanings.get(toPlainWord(bare));
  if (found !== undefined) return found;
  const short = meanings.get(toPlainWord(bare.replace(/^\s*call[\s_-]+/i, "")));
  // "Call number" may count the calls: only what a call has once is meant by its name behind "call".
  if (short !== undefined && short.every(({ field }) => !isParty.has(field))) return short;
  const unitless = bare.replace(/[\s_-]+(s|secs?|seconds|ms|msec|mins?|minutes|sekunden|minuten)\s*$/i, "");
  return meanings.get(toPlainWord(unitless)) ?? [];
}

export function readHeaderNote(cell: string): HeaderNote {
  const text = cell.slice(0, longestHeader).toLowerCase();
  const isUtc = /(^|[^a-z])(utc|gmt)([^a-z]|$)/.test(text);
  if (/(^|[^a-z])(ms|msec|millis(econds)?)([^a-z]|$)/.test(text)) return { unit: "ms", isUtc };
  if (/(^|[^a-z])(min|mins|minutes?|minuten|minuti|minutos)([^a-z]|$)/.test(text)) return { unit: "min", isUtc };
  if (/(^|[^a-z])(s|secs?|seconds?|sekunden|secondes|segundos|billsec)([^a-z]|$)/.test(text)) {
    return { unit: "s", isUtc };
  }
  return { unit: null, isUtc };
}
