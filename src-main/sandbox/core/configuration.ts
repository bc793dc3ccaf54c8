import { z } from "zod";

export type ConfigurationPatch<C> =
  | { readonly ok: true; readonly value: C }
  | { readonly ok: false; readonly message: string };

export type Configuration<S extends z.ZodRawShape> = {
  /** Everything in force now. */
  readonly current: () => z.output<z.ZodObject<S>>;
  /** Takes the keys given and keeps the others; anything unknown or of the wrong type changes nothing and is named. */
  readonly change: (patch: unknown) => ConfigurationPatch<z.output<z.ZodObject<S>>>;
  /** Called after each change with the names of the keys that were given (all of them at a reset). */
  readonly onChange: (listener: (keys: ReadonlySet<string>) => void) => void;
  /** Back to the defaults. */
  readonly reset: () => void;
};

/** One CRM's configuration: a zod type for every key, and a default for each. */
export function createConfiguration<S extends z.ZodRawShape>(
  shape: S,
  defaults: z.input<z.ZodObject<S>>,
): Configuration<S> {
  const whole = z.strictObject(shape);
  const patches = whole.partial();
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];
  let current = whole.parse(defaults);
  const tell = (keys: readonly string[]): void => {
    const named = new Set(keys);
    for (const listener of listeners) listener(named);
  };
  return {
    current: () => current,
    change: (patch) => {
      const checked = patches.safeParse(patch);
      if (!checked.success) return { ok: false, message: toMessage(checked.error) };
      const next = whole.safeParse({ ...current, ...checked.data });
      if (!next.success) return { ok: false, message: toMessage(next.error) };
      current = next.data;
      tell(Object.keys(checked.data));
      return { ok: true, value: current };
    },
    onChange: (listener) => void listeners.push(listener),
    reset: () => {
      current = whole.parse(defaults);
      tell(Object.keys(shape));
    },
  };
}

function toMessage(error: z.ZodError): string {
  return error.issues.map(toIssueText).join("; ");
}

function toIssueText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => `"${path === "" ? key : `${path}.${key}`}"`).join(", ");
    return `unknown configuration key ${names}`;
  }
  return path === ""
    ? `the body must be a JSON object of configuration keys: ${issue.message}`
    : `"${path}": ${issue.message}`;
}
