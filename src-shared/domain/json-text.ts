/** The value of a text of JSON, or undefined where it is none (empty, cut, a gateway's page). */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
