import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";
import { createWords, isReason, readAllSeconds } from "../../presets/cell-values.ts";
import type { PresetReader, PresetRow, TablePreset } from "../../presets/preset.ts";
import type { Ending, RowFacts } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { quoteValue, skip, type SkippedOutcome } from "../log-format.ts";
import { guessDirection, readSides, toAgent, toNamedEnd, type Sides } from "./parties.ts";

type Field = "time" | "from" | "to" | "status" | "ringing" | "talking" | "totals" | "reason";

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
    "Waiting",
    "Missed",
    "Abandoned",
  ],
});

function toUnanswered(reason: string): Ending {
  if (/busy|besetzt|occup|ocupad/i.test(reason)) return "busy";
  return /^(?:call )?fail|not found|no route|invalid|fehlgeschlagen|[ée]chou|fallid/i.test(reason) ? "failed" : "none";
}

/** The call that a row without time and caller goes on with. */
type Open = {
  readonly start: string;
  readonly caller: string;
  direction: CallDirection;
  sides: Sides;
  elapsed: number;
};

type Row = Readonly<{ ending: Ending; talk: number; ring: number }>;

function readLengths(row: PresetRow<Field>): Row | SkippedOutcome {
  const status = readStatus(row.text("status"));
  if (status === null) return skip("malformed", `Status ${quoteValue(row.text("status"))} is not known`);
  const lengths = readAllSeconds({ Ringing: row.text("ringing"), Talking: row.text("talking") });
  if (isReason(lengths)) return lengths;
  const ending = status === "answered" ? "answered" : toUnanswered(row.text("reason"));
  return { ending, talk: status === "answered" ? lengths.Talking : 0, ring: lengths.Ringing };
}

/** There is no id: legs follow their call, with empty time and caller. */
function createReader(tools: RowTools): PresetReader<Field> {
  let open: Open | null = null;

  const toFacts = (row: PresetRow<Field>, { ending, talk, ring }: Row, call: Open): RowFacts => {
    const to = row.text("to");
    const called = toNamedEnd(to);
    const { sides, direction, start, caller, elapsed } = call;
    call.elapsed += ring + talk;
    return {
      // A leg begins where the one before ended.
      start: { text: start, secondsBefore: -elapsed },
      key: null,
      direction,
      ...sides,
      called,
      ending,
      talk,
      ring,
      agent: called === "person" ? toAgent(to, tools) : null,
      caller: direction === "inbound" ? null : (sides.from ?? toAgent(caller, tools)),
      identity: [row.text("talking"), caller, to],
    };
  };

  return (row) => {
    const time = row.text("time");
    const from = row.text("from");
    if (time === "" && from === "") {
      if (row.text("to") === "") return skip("totals_row", "neither time nor party");
      if (open === null) return skip("orphan_leg", "the row goes on with a call whose first row is not here");
      const read = readLengths(row);
      return "kind" in read ? read : { ...toFacts(row, read, open), continues: true };
    }
    // Whatever is wrong with this row, the ones that go on with it have no other call.
    open = null;
    const read = readLengths(row);
    if ("kind" in read) return read;
    const to = row.text("to");
    const direction = guessDirection(from, to, tools);
    const call: Open = {
      start: time,
      caller: from,
      direction,
      elapsed: 0,
      sides: readSides(direction, from, to, tools),
    };
    open = call;
    return toFacts(row, read, call);
  };
}

/** v16 and v18: no id, further legs in rows without time and caller, totals at the end, dates in the PBX's language. */
export const callReport: TablePreset<Field> = {
  id: "3cx-call-log-csv",
  title: "3CX call report of v16 or v18 (CSV)",
  shape: {
    kind: "header",
    names: {
      time: ["Call Time", "Anrufzeit", "Heure d'appel", "Hora de llamada", "Ora chiamata"],
      from: ["Caller ID", "Anrufer-ID", "Anrufer", "ID appelant", "Id. de llamada", "ID chiamante"],
      to: ["Destination", "Ziel", "Destino", "Destinazione"],
      status: ["Status", "Statut", "Estado", "Stato"],
      ringing: ["Ringing", "Klingeln", "Klingeldauer", "Sonnerie", "Timbrando", "Squillo"],
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
      totals: ["Totals", "Gesamt", "Summe", "Totaux", "Totales", "Totali"],
      reason: ["Reason", "Grund", "Raison", "Motivo"],
    },
    required: ["time", "from", "to", "status", "ringing", "talking"],
    needed: ["to", "status"],
  },
  dateColumn: { date: "time" },
  open: createReader,
};
