const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const channel = /^(?:PJSIP|SIP|IAX2|DAHDI|Local|Zap|SCCP|Mobile|Message|OOH323)\//i;

/** Where `clid`, `lastdata` and `start` are in the header. */
type Places = Readonly<{ clid: number; channel: number; lastdata: number; start: number }>;

/**
 * The API of the UCM writes `clid` and `lastdata` without quotes although they hold commas and quotes. A row with too many
 * cells is put together again by its channel and its start, which no other cell looks like.
 */
export function alignUcmCells(
  cells: readonly string[],
  raw: string,
  columns: Readonly<Record<string, number>>,
  width: number,
): readonly string[] {
  const { clid, channel: channelAt, lastdata, start } = columns;
  if (clid === undefined || channelAt === undefined || lastdata === undefined || start === undefined) return cells;
  if (cells.length >= width && stamp.test((cells[start] ?? "").trim())) return cells;
  const places: Places = { clid, channel: channelAt, lastdata, start };
  const parts = raw.split(",");
  const found = parts.findIndex((part, at) => at >= places.start && stamp.test(unquote(part)));
  if (found < 0 || parts.length < width) return cells;
  const shift = findShift(parts, places);
  const head = joinRange(parts, places.clid, places.clid + shift);
  const extra = found - shift - places.start;
  if (extra < 0) return cells;
  const joined = joinRange(head, places.lastdata, places.lastdata + extra);
  // What is too much behind the start is in a name or an owner: the last columns are counted from the end.
  return joined.map(unquote);
}

/** How many commas the caller id holds: the channel stands so far behind its place. */
function findShift(parts: readonly string[], { channel: place }: Places): number {
  const at = parts.findIndex((part, index) => index >= place && channel.test(unquote(part)));
  return at < 0 || at - place > 6 ? 0 : at - place;
}

const joinRange = (parts: readonly string[], from: number, to: number): readonly string[] =>
  to === from ? parts : [...parts.slice(0, from), parts.slice(from, to + 1).join(","), ...parts.slice(to + 1)];

function unquote(text: string): string {
  const plain = text.trim();
  if (plain.length < 2 || !plain.startsWith('"') || !plain.endsWith('"')) return plain;
  const inner = plain.slice(1, -1);
  // `"Name" <203>` begins with a quote of its own; `""Name"" <203>` is a cell that was quoted.
  return inner.replaceAll('""', '"');
}
