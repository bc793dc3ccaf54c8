import type { PresetRow, TablePreset } from "../../presets/preset.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { createAsteriskFacts, settleAsteriskClock } from "../asterisk-like/row-facts.ts";
import { withDid } from "../freepbx-cdr-export/format.ts";

type Field =
  | ("date" | "source" | "group" | "destination" | "channel" | "dstchannel" | "status" | "duration")
  | ("uniqueid" | "did");

/** Headers are translated with the language of the web page; the unique id is not. */
const names: Readonly<Record<Field, readonly string[]>> = {
  date: ["Date", "Fecha", "Datum", "Data", "Date et heure"],
  source: ["Source", "Fuente", "Origen", "Quelle", "Origine", "Origem", "Sorgente", "Bron"],
  group: ["Ring Group", "Grupo de Timbrado", "Grupo de Ring", "Rufgruppe", "Groupe d'appel", "Grupo de Toque"],
  destination: ["Destination", "Destino", "Ziel", "Destinazione", "Bestemming"],
  channel: ["Src. Channel", "Canal Origen", "Canal Fuente", "Quellkanal", "Canal source", "Canal Src.", "Canal Origem"],
  dstchannel: ["Dst. Channel", "Canal Destino", "Zielkanal", "Canal destination", "Canal Dst."],
  status: ["Status", "Estado", "Estatus", "Statut", "Stato"],
  duration: ["Duration", "Duracion", "Dauer", "Duree", "Durata", "Duracao", "Duur"],
  uniqueid: ["UniqueID", "Unique ID", "ID unico", "Identifiant unique"],
  did: ["DID", "DDI"],
};

const statuses: Readonly<Record<string, string>> = {
  CONTESTADA: "ANSWERED",
  CONTESTADO: "ANSWERED",
  "NO CONTESTADA": "NO ANSWER",
  "NO CONTESTADO": "NO ANSWER",
  OCUPADO: "BUSY",
  FALLIDA: "FAILED",
  FALLIDO: "FAILED",
};

function createReader(tools: RowTools, clock: string) {
  const read = createAsteriskFacts(tools, clock);
  const { numbers } = tools;
  return (row: PresetRow<Field>): RowReading => {
    const dstchannel = row.text("dstchannel");
    const status = row.text("status").toUpperCase();
    const facts = read({
      src: row.text("source"),
      dst: row.text("destination"),
      dcontext: "",
      clid: "",
      channel: row.text("channel"),
      dstchannel,
      // The application is not exported: what was answered without a channel of somebody is a menu or an announcement.
      lastapp: dstchannel === "" ? "BackGround" : "Dial",
      lastdata: "",
      start: row.text("date"),
      end: "",
      duration: "",
      billsec: row.text("duration"),
      disposition: statuses[status] ?? status,
      uniqueid: row.text("uniqueid"),
      linkedid: "",
      sequence: "",
    });
    const did = row.text("did");
    const group = /^\d+/.exec(row.text("group"))?.[0] ?? "";
    return withDid(facts, did === "" && numbers.isExtension(group) ? group : did, tools);
  };
}

const preset: TablePreset<Field> = {
  id: "issabel-cdr-report",
  title: "Elastix or Issabel CDR Report (CSVReport)",
  shape: {
    kind: "header",
    names,
    required: ["date", "source", "destination", "channel", "dstchannel", "status", "duration"],
  },
  dateColumn: { date: "date" },
  settle: (rows, tools) =>
    settleAsteriskClock(
      rows.map((row) => ({ start: row.text("date"), uniqueid: row.text("uniqueid") })),
      tools,
    ),
  open: createReader,
  keyReuseMs: Number.POSITIVE_INFINITY,
};

/**
 * Elastix and Issabel, Reports > CDR Report, download as CSV: newest first, times of the server, the duration is the talk as
 * `65s (1m 5s)` or a bare number. Older exports lack DID and CEL; multi-tenant ones have further columns.
 */
export const issabelCdrReport = createTableFormat(preset);
