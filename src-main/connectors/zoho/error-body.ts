import { z } from "zod";

const text = z.string().optional().catch(undefined);
const details = z.record(z.string(), z.unknown()).catch({});
const envelope = z.looseObject({ code: z.string().min(1), message: text, status: text, details: details.optional() });

/** A refusal in Zoho's own envelope, of a whole request or of one record inside `data`. */
export type VendorError = Readonly<{
  code: string;
  message: string | undefined;
  /** The field that it is about (`api_name`, or `column_name` of a query). */
  field: string | undefined;
  /** Whether the value is longer than its field. */
  isTooLong: boolean;
  /** The record that holds a value already. */
  existingId: string | undefined;
  /** Place in `data` that the error names. */
  position: number | undefined;
  /** Rights that are asked for. */
  permissions: readonly string[];
  /** Whether it names what in the request is too much, rather than what the org has used up. */
  namesLimit: boolean;
}>;

const named = (source: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = source[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

const inner = (source: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> => {
  const value = source[name];
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
};

/** `$.data[3].Phone` stands third from zero. */
function readPosition(path: string | undefined): number | undefined {
  const found = /^\$\.data\[(\d+)\]/.exec(path ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The refusal in this JSON, or undefined where it is none in Zoho's envelope: then nobody knows what was executed. */
export function readVendorError(json: unknown): VendorError | undefined {
  const parsed = envelope.safeParse(json);
  if (!parsed.success || parsed.data.status === "success") return undefined;
  const { code, message, status, details: told = {} } = parsed.data;
  if (status === undefined && message === undefined) return undefined;
  const first = findNested(told, json);
  if (code.startsWith("MULTIPLE_OR_MULTI") && first !== undefined) return first;
  const permissions = told["permissions"];
  const field = named(told, "api_name") ?? named(told, "column_name");
  return {
    code,
    message,
    field,
    isTooLong: told["maximum_length"] !== undefined,
    existingId: named(inner(told, "duplicate_record"), "id") ?? named(told, "id"),
    position: readPosition(named(told, "json_path")),
    permissions: Array.isArray(permissions) ? permissions.filter((each) => typeof each === "string") : [],
    namesLimit:
      field !== undefined || ["clause", "json_path", "param_name", "limit"].some((name) => told[name] !== undefined),
  };
}

/** Several errors come as one: the first of them says what to do. */
function findNested(told: Readonly<Record<string, unknown>>, json: unknown): VendorError | undefined {
  const beside = typeof json === "object" && json !== null && "errors" in json ? json.errors : undefined;
  const lists = [told["errors"], beside, ...Object.values(told)].filter((each) => Array.isArray(each));
  for (const each of lists.flat()) {
    const found = readVendorError(typeof each === "object" && each !== null ? { status: "error", ...each } : each);
    if (found !== undefined) return found;
  }
  return undefined;
}
