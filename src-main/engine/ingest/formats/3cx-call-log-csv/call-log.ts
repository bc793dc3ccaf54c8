import { createWords, isReason, readAllSeconds, readKey } from "../../presets/cell-values.ts";
import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { CalledEnd, Ending, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { quoteValue, skip } from "../log-format.ts";
import { guessDirection, readSides, toAgent, toNamedEnd } from "./parties.ts";

type Field = "time" | "id" | "from" | "to" | "direction" | "status" | "ringing" | "talking" | "details";

const readDirection = createWords({
  inbound: ["Inbound", "Inbound Queue", "Eingehend", "Eingehende Warteschlange", "Entrant", "Entrante", "In entrata"],
  outbound: ["Outbound", "Outbound Queue", "Ausgehend", "Sortant", "Saliente", "In uscita"],
  internal: ["Internal", "Internal Queue", "Intern", "Interne", "Interno", "Interna"],
});

const readStatus = createWords({
  answered: ["Answered", "Beantwortet", "Angenommen", "Repondu", "Respondida", "Contestada", "Risposto"],
  none: [
    "Unanswered",
    "Unbeantwortet",
    "Nicht angenommen",
    "Nicht beantwortet",
    "Sans reponse",
    "No contestada",
    "Sin respuesta",
    "Senza risposta",
    "Redirected",
    "Umgeleitet",
    "Weitergeleitet",
    "Redirige",
    "Redirigida",
  ],
  waiting: ["Waiting", "Wartend", "Warten", "Wartet", "En attente", "En espera", "In attesa"],
  progress: ["In Progress", "Talking", "Ringing", "Laufend"],
});

/** The part of the details that tells why an outgoing call was not answered; names of parties stand outside of it. */
function toUnanswered(details: string): Ending {
  if (/\(\s*(?:target )?busy\s*\)|→\s*busy\b|^(?:target )?busy$/i.test(details)) return "busy";
  return /\((?:call )?failed\)|→\s*(?:failed|not found|no route)\b/i.test(details) ? "failed" : "none";
}

function readRow(row: PresetRow<Field>, tools: RowTools): RowReading {
  const status = readStatus(row.text("status"));
  if (status === null) return skip("malformed", `Status ${quoteValue(row.text("status"))} is not known`);
  if (status === "progress") return skip("in_progress", "the call was not over");
  const lengths = readAllSeconds({ Ringing: row.text("ringing"), Talking: row.text("talking") });
  if (isReason(lengths)) return lengths;
  const from = row.text("from");
  const to = row.text("to");
  const direction = readDirection(row.text("direction")) ?? guessDirection(from, to, tools);
  const sides = readSides(direction, from, to, tools);
  const called: CalledEnd = status === "waiting" ? "machine" : toNamedEnd(to);
  return {
    start: { text: row.text("time") },
    key: readKey(row.text("id")),
    direction,
    ...sides,
    called,
    ending: status === "answered" ? "answered" : toUnanswered(row.text("details")),
    talk: status === "answered" ? lengths.Talking : 0,
    ring: lengths.Ringing,
    agent: called === "person" ? toAgent(to, tools) : null,
    caller: direction === "inbound" ? null : (sides.from ?? toAgent(from, tools)),
    identity: [row.text("talking"), from, to],
  };
}

/** v20: one row per Call ID and party that was tried; local time of the report. */
export const callLog: TablePreset<Field> = {
  id: "3cx-call-log-csv",
  title: "3CX call log of v20 (CSV)",
  shape: {
    kind: "header",
    names: {
      time: ["Call Time", "Anrufzeit", "Heure d'appel", "Hora de llamada", "Ora chiamata"],
      id: ["Call ID", "Anruf-ID", "ID d'appel", "ID de llamada", "ID chiamata"],
      from: ["From", "Von", "De", "Desde", "Da"],
      to: ["To", "An", "A", "Vers", "Hacia"],
      direction: ["Direction", "Richtung", "Direccion", "Direzione", "Sens"],
      status: ["Status", "Statut", "Estado", "Stato"],
      ringing: ["Ringing", "Klingeln", "Klingelt", "Klingeldauer", "Sonnerie", "Timbrando", "Squillo"],
      talking: [
        "Talking",
        "Sprechen",
        "Sprechzeit",
        "Gesprach",
        "Gesprachsdauer",
        "Conversation",
        "Hablando",
        "Conversazione",
      ],
      details: ["Call Activity Details", "Details zur Anrufaktivitat", "Anrufaktivitatsdetails", "Anrufdetails"],
    },
    required: ["time", "id", "from", "to", "status", "ringing", "talking"],
  },
  dateColumn: { date: "time" },
  open: (tools) => (row) => readRow(row, tools),
};
