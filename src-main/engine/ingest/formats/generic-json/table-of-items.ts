import { isObject } from "../item-log/json-value.ts";

/** How deep names of nested objects are followed: `from.phoneNumber`. */
const maxDepth = 3;

/** All plain values of an object by path. Lists and what lies deeper are left out. */
export function flatten(item: unknown, prefix = "", depth = 0): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!isObject(item)) return found;
  for (const [name, value] of Object.entries(item)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (typeof value === "string") found.set(path, value);
    else if (typeof value === "number" || typeof value === "boolean") found.set(path, String(value));
    else if (value === null || value === undefined) found.set(path, "");
    else if (depth < maxDepth) for (const [inner, text] of flatten(value, path, depth + 1)) found.set(inner, text);
  }
  return found;
}

/** Last names that say nothing without what they belong to: `from.number` is `from`. */
const empty = new Set(["number", "phonenumber", "phone", "name", "value", "digits", "extensionnumber"]);

/** `from.phoneNumber` as a header: `from`; `call.startTime`: `start Time`. */
function toHeader(path: string): string {
  const names = path.split(".");
  const last = names.at(-1) ?? path;
  const used = names.length > 1 && empty.has(last.toLowerCase()) ? (names.at(-2) ?? last) : last;
  return used.replaceAll(/([a-z])([A-Z])/g, "$1 $2");
}

/** Headers of paths; a name that several have is of the one that stands first, the others keep their whole path. */
export function toHeaders(paths: readonly string[]): readonly string[] {
  const known = new Set<string>();
  return paths.map((path) => {
    const short = toHeader(path);
    const header = known.has(short.toLowerCase()) ? path : short;
    known.add(header.toLowerCase());
    return header;
  });
}
