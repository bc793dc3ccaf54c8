const pattern = /@\{([A-Za-z_]\w*)\.([^}]+)\}/g;

/** Thrown where a reference leads to nothing. */
export class BrokenReference extends Error {
  constructor(reference: string, path: string) {
    super(`Invalid reference specified. No value for ${reference}.${path} found in ${reference}`);
    this.name = "BrokenReference";
  }
}

/** The answers so far, by `referenceId`. */
export type Answers = ReadonlyMap<string, unknown>;

/** Puts values of earlier answers (`@{ref.records[0].Id}`) into a text or into every text of a JSON value. Throws `BrokenReference`. */
export function resolveReferences(value: unknown, answers: Answers): unknown {
  if (typeof value === "string") return resolveText(value, answers);
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, answers));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolveReferences(each, answers)]));
}

export function resolveText(text: string, answers: Answers): string {
  return text.replace(pattern, (_, reference: string, path: string) => {
    const found = follow(answers.get(reference), path);
    if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean")
      throw new BrokenReference(reference, path);
    return String(found);
  });
}

/** The references that a subrequest names. */
export function referencesIn(value: unknown): readonly string[] {
  return [...JSON.stringify(value ?? null).matchAll(pattern)].map(([, reference = ""]) => reference);
}

function follow(body: unknown, path: string): unknown {
  let at = body;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== "")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = new Map(Object.entries(at)).get(step);
  }
  return at;
}
