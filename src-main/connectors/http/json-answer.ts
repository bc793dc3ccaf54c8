/** The JSON value of an answer's body, or undefined where the body is none (empty, cut, a gateway's HTML). */
export function parseJson(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}

/** Server time of an answer in epoch ms, from its `Date` header; undefined where that is missing or broken. */
export function readServerTime(headers: Readonly<Record<string, string>>): number | undefined {
  const at = Date.parse(headers["date"] ?? "");
  return Number.isNaN(at) ? undefined : at;
}
