import { toPlainWord } from "../../records/plain-word.ts";
import { readMobileType } from "./mobile-call.ts";

/** Columns of tables that a phone system writes: with two ends, an id, or somebody who answered. */
const officeColumns = new Set(
  (
    "from, to, caller, callee, source, destination, extension, agent, user, call id, id, uniqueid, status, result, " +
    "disposition, anrufer, ziel, nebenstelle, eigene rufnummer, appelant, origen, destino"
  )
    .split(",")
    .map(toPlainWord),
);

const judgedRows = 50;

/** True for a table of one phone: one number in a row, and a type column in the words of phones. */
export function isMobileTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  typeNames: readonly string[],
): boolean {
  const words = header.map(toPlainWord);
  if (words.some((word) => officeColumns.has(word))) return false;
  const known = new Set(typeNames.map(toPlainWord));
  const at = words.findIndex((word) => known.has(word));
  const types = rows.slice(0, judgedRows).flatMap((cells) => (cells[at] ?? "").trim() || []);
  const fitting = types.filter((cell) => readMobileType(cell) !== null);
  return fitting.length * 2 > types.length || types.length === 0;
}
