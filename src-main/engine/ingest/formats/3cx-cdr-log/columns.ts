/** Fields in the order in which 3CX offers them. */
export const fields = [
  ...(["historyid", "callid", "duration", "time-start", "time-answered", "time-end", "reason-terminated"] as const),
  ...(["from-no", "to-no", "from-dn", "to-dn", "dial-no", "reason-changed", "final-number", "final-dn"] as const),
  ...(["bill-code", "bill-rate", "bill-cost", "bill-name", "chain", "from-type", "to-type", "final-type"] as const),
  ...(["from-dispname", "to-dispname", "final-dispname", "missed-queue-calls"] as const),
] as const;
export type Field = (typeof fields)[number];

type Positions = Readonly<Partial<Record<Field, number>>>;

const toPositions = (order: readonly Field[]): Positions => Object.fromEntries(order.map((name, at) => [name, at + 1]));

const usual = toPositions(fields);
/** Some put the missed queue calls right behind the chain. */
const earlyQueueCalls = toPositions([
  ...fields.slice(0, 20),
  "missed-queue-calls",
  ...fields.slice(20).filter((name) => name !== "missed-queue-calls"),
]);

const record = /^call\s+\d+$/i;
const stamp = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;
const type =
  /^(?:extension|ext|queue|ringgroup|rgrp|ivr|vmail|voicemail|fax|line|externalline|provider|parking|confplace|routepoint|bridge)$/i;

const at = (cells: readonly string[], index: number): string => (cells[index] ?? "").trim();

/** Fields by what they look like, where an administrator chose other ones: times, key, length, reason, parties. */
function inferColumns(cells: readonly string[]): Positions | null {
  const found: Partial<Record<Field, number>> = { historyid: 1 };
  const stamps = cells.flatMap((cell, index) => (stamp.test(cell.trim()) ? [index + 1] : []));
  const [first, second, third] = stamps;
  if (first === undefined) return null;
  found["time-start"] = first;
  // An unanswered call has an empty cell between start and end.
  const isUnanswered = third === undefined && at(cells, first) === "";
  if (isUnanswered) found["time-answered"] = first + 1;
  else if (second !== undefined) found["time-answered"] = second;
  const end = stamps.at(-1);
  if (end !== undefined && end !== first) found["time-end"] = end;
  const place = (name: Field, fits: RegExp): void => {
    const index = cells.findIndex((cell) => fits.test(cell.trim()));
    if (index >= 0) found[name] = index + 1;
  };
  place("callid", /^[\da-f]{6,}_\d+$/i);
  place("duration", /^\d{1,3}:\d\d:\d\d$/);
  place(
    "reason-terminated",
    /^(?:terminatedby\w+|failed\w*|noanswer\w*|\w*busy|target\w+|noroute\w*|(?:src|dst)_\w+|no_route|declined|timeout)$/i,
  );
  const reason = found["reason-terminated"] ?? 0;
  const all = cells.flatMap((cell, index) =>
    /^(?:ext\.\s*\d+|\+?\d{6,}|anonymous)$/i.test(cell.trim()) ? [index + 1] : [],
  );
  // They mostly stand behind the reason; the first two are who called and who was called.
  const behind = all.filter((index) => index > reason);
  const [from, to] = behind.length >= 2 ? behind : all;
  if (from === undefined || to === undefined) return null;
  return { ...found, "from-no": from, "to-no": to };
}

const inferred = new Map<string, Positions | null>();

/** Columns of a row, or null where it is none of a 3CX CDR. */
export function findColumns(cells: readonly string[]): Positions | null {
  if (!record.test(at(cells, 0)) || cells.length < 5) return null;
  if (stamp.test(at(cells, 3)) && (at(cells, 5) === "" || stamp.test(at(cells, 5)))) {
    return !type.test(at(cells, 20)) && type.test(at(cells, 21)) ? earlyQueueCalls : usual;
  }
  const found = inferColumns(cells);
  // One object a layout: the reader keeps what it made of each.
  const name = JSON.stringify(found);
  const known = inferred.get(name);
  if (known !== undefined) return known;
  if (inferred.size > 256) inferred.clear();
  inferred.set(name, found);
  return found;
}

const chainPlace = 19;

/** Where columns are parted by semicolons, those within the chain part it too: its pieces end with an empty one, or at a type. */
function joinChain(cells: readonly string[]): readonly string[] {
  const chain = cells.findIndex((cell) => /^\s*chain:/i.test(cell));
  if (chain < 0 || (cells[chain] ?? "").includes(";")) return cells;
  let end = chain + 1;
  while (end < cells.length && at(cells, end) !== "" && !type.test(at(cells, end))) end += 1;
  if (at(cells, end) === "" && end < cells.length) end += 1;
  return [...cells.slice(0, chain), cells.slice(chain, end).join(";"), ...cells.slice(end)];
}

/** Nothing is quoted: a comma within the bill's name moves the chain and all behind it, as a semicolon within the chain does. */
export function align3cxCells(read: readonly string[], raw: string): readonly string[] {
  if (!record.test(at(read, 0)) || read.length <= fields.length) return read;
  const cells = raw.includes(";") ? joinChain(read) : read;
  const chain = cells.findIndex((cell) => /^\s*chain:/i.test(cell));
  const extra = chain - chainPlace;
  if (cells.length <= fields.length || chain < 0 || extra <= 0 || extra > 5) return cells;
  const name = cells.slice(chainPlace - 1, chainPlace + extra).join(",");
  return [...cells.slice(0, chainPlace - 1), name, ...cells.slice(chain)];
}
