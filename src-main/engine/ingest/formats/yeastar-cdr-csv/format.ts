import { createWords, isReason, readAllSeconds, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { quoteValue, skip } from "../log-format.ts";

type Field =
  | "id"
  | "time"
  | "from"
  | "to"
  | "call"
  | "ring"
  | "talk"
  | "status"
  | "sourceTrunk"
  | "destinationTrunk"
  | "direction"
  | "did";

const readDirection = createWords({
  inbound: ["Inbound", "Eingehend", "Entrante", "Entrant", "In entrata", "Inkomend", "Entrada"],
  outbound: ["Outbound", "Ausgehend", "Saliente", "Sortant", "In uscita", "Uitgaand", "Saida"],
  internal: ["Internal", "Intern", "Interno", "Interna", "Interne"],
});

const readStatus = createWords({
  answered: ["ANSWERED", "Beantwortet", "Angenommen", "Contestada", "Atendida", "Repondu", "Risposto"],
  none: ["NO ANSWER", "ABANDONED", "Nicht angenommen", "Keine Antwort", "Sin respuesta", "Pas de reponse", "CANCELLED"],
  busy: ["BUSY", "Besetzt", "Ocupado", "Occupe", "Occupato"],
  failed: ["FAILED", "Fehlgeschlagen", "Fallida", "Fallido", "Echoue", "Fallito", "CONGESTION"],
  voicemail: ["VOICEMAIL", "Mailbox", "Buzon de voz", "Messagerie vocale"],
});

/** `Voicemail Carla Muster<203>`, `IVR 6500`, `Queue Support<6700>`: what is called there is no person. */
const mailbox = /^\s*(?:voice\s?mail|vm)\b/i;
const machine = /^\s*(?:ivr|queue|ring\s?group|announcement|auto ?attendant|time condition|parking)\b/i;

/** `IVR 6500` to its number; names of parties are left to the number reader. */
const toTarget = (cell: string): string =>
  /^(?:ivr|queue|ring\s?group|conference|voicemail|announcement|parking)\s+(\d+)$/i.exec(cell)?.[1] ?? cell;

const agentOf = (party: string | null): string | null => (party?.startsWith("ext:") === true ? party : null);

function readRow(row: PresetRow<Field>, { numbers }: RowTools): RowReading {
  const status = readStatus(row.text("status"));
  if (status === null) return skip("malformed", `Status ${quoteValue(row.text("status"))} is not known`);
  const lengths = readAllSeconds({
    "Call Duration": row.text("call"),
    "Ring Duration": row.text("ring"),
    "Talk Duration": row.text("talk"),
  });
  if (isReason(lengths)) return lengths;
  const { "Call Duration": call, "Ring Duration": ring } = lengths;
  const talk = row.has("talk") ? lengths["Talk Duration"] : Math.max(0, call - ring);
  const direction = findDirection(row, numbers);
  if (direction === null) {
    const text = row.text("direction");
    return skip("malformed", `Communication Type ${quoteValue(text)} is not known, and no side is an extension`);
  }
  const fromText = row.text("from");
  const toText = toTarget(row.text("to"));
  const did = row.text("did");
  const to = direction === "outbound" ? numbers.toDialled(toText) : numbers.toOwn(toText);
  const from = direction === "inbound" ? numbers.toRemote(fromText) : numbers.toOwn(fromText);
  const called: CalledEnd =
    status === "voicemail" || mailbox.test(toText) ? "voicemail" : machine.test(row.text("to")) ? "machine" : "person";
  const ending: Ending = status === "voicemail" ? "answered" : status;
  return {
    start: { text: row.text("time") },
    key: readKey(row.text("id")),
    direction,
    from,
    to: direction === "inbound" && did !== "" ? numbers.toOwn(did) : to,
    called,
    ending,
    talk: ending === "answered" ? talk : 0,
    ring,
    agent: called === "person" ? (agentOf(to) ?? null) : null,
    caller: direction === "inbound" ? null : from,
    identity: [row.text("talk"), fromText, toText],
  };
}

function findDirection(row: PresetRow<Field>, numbers: RowTools["numbers"]) {
  const told = readDirection(row.text("direction"));
  if (told !== null) return told;
  if (row.text("sourceTrunk") !== "") return "inbound";
  if (row.text("destinationTrunk") !== "") return "outbound";
  const fromOwn = numbers.isExtension(row.text("from"));
  const toOwn = numbers.isExtension(row.text("to"));
  if (fromOwn && toOwn) return "internal";
  if (fromOwn) return "outbound";
  return toOwn ? "inbound" : null;
}

const preset: TablePreset<Field> = {
  id: "yeastar-cdr-csv",
  title: "Yeastar P-Series or S-Series CDR (CSV)",
  shape: {
    kind: "header",
    names: {
      id: ["ID", "Call ID"],
      time: ["Time", "Zeit", "Uhrzeit", "Hora", "Fecha", "Heure", "Date"],
      from: ["Call From", "Anruf von", "Anrufer", "Llamada desde", "Appel de", "Chiamata da"],
      to: ["Call To", "Anruf an", "Angerufener", "Llamada a", "Appel a", "Chiamata a"],
      call: ["Call Duration", "Call Duration(s)", "Anrufdauer", "Duracion de llamada", "Duree de l'appel"],
      ring: ["Ring Duration", "Ring Duration(s)", "Klingeldauer", "Duracion del timbre", "Duree de sonnerie"],
      talk: [
        "Talk Duration",
        "Talk Duration(s)",
        "Gesprachsdauer",
        "Duracion de conversacion",
        "Duree de conversation",
      ],
      status: ["Status", "Estado", "Statut", "Stato"],
      sourceTrunk: ["Source Trunk", "Quell-Trunk", "Troncal de origen", "Trunk source"],
      destinationTrunk: ["Destination Trunk", "Ziel-Trunk", "Troncal de destino", "Trunk de destination"],
      direction: ["Communication Type", "Kommunikationstyp", "Tipo de comunicacion", "Type de communication"],
      did: ["DID", "DID Number", "DDI"],
    },
    required: ["time", "from", "to", "status"],
    needed: ["time", "from", "to", "status"],
    isOwn: (header) =>
      header.some((cell) => /^\s*(?:communication type|source trunk|destination trunk|talk duration)/i.test(cell)) ||
      header.some((cell) => /trunk/i.test(cell)),
  },
  dateColumn: { date: "time" },
  open: (tools) => (row) => readRow(row, tools),
};

/**
 * Yeastar P-Series and S-Series, CDR export: one row per leg, legs share the ID. Times in the zone of the PBX and in its
 * date format. Columns can be chosen and are translated with the web page.
 * (help.yeastar.com, Call Detail Record overview)
 */
export const yeastarCdrCsv = createTableFormat(preset);
