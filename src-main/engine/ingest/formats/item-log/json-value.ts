/** The value of a JSON object at a path such as `from.phoneNumber`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  return at;
}

const toText = (value: unknown): string => {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
};

/** The first of several paths that holds a text, a number or a truth value, as text; "" where none does. */
export function textAt(value: unknown, ...paths: readonly string[]): string {
  for (const path of paths) {
    const text = toText(valueAt(value, path));
    if (text !== "") return text;
  }
  return "";
}

export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
