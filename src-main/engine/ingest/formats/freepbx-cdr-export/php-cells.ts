/**
 * Splits a line that PHP's `fputcsv` wrote: a backslash before a quote keeps PHP from doubling it, so that `\"` is text
 * and does not end a cell. The same array where no backslash stands before a quote.
 */
export function splitPhpCells(cells: readonly string[], raw: string): readonly string[] {
  if (!raw.includes('\\"')) return cells;
  const found: string[] = [];
  let at = 0;
  for (;;) {
    if (raw[at] !== '"') {
      const end = raw.indexOf(",", at);
      found.push(end < 0 ? raw.slice(at) : raw.slice(at, end));
      if (end < 0) return found;
      at = end + 1;
      continue;
    }
    let text = "";
    for (at += 1; at < raw.length; at += 1) {
      if (raw[at] === "\\" && raw[at + 1] === '"' && at + 2 < raw.length) {
        text += '\\"';
        at += 1;
      } else if (raw[at] === '"' && raw[at + 1] === '"') {
        text += '"';
        at += 1;
      } else if (raw[at] === '"') break;
      else text += raw[at] ?? "";
    }
    found.push(text);
    const next = raw.indexOf(",", at);
    if (next < 0) return found;
    at = next + 1;
  }
}
