import { z } from "zod";
import type { Outcome } from "./fault.ts";

/** Settings of an integration as they are stored: texts by name, only those that differ from the defaults a vendor has. */
export type StoredSettings = Readonly<Record<string, string>>;

/** A whole number, or its digits. */
export const wholeNumberSetting = (min: number, max: number) => {
  const message = `takes a whole number from ${min} to ${max}`;
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
      ],
      message,
    )
    .pipe(z.int(message).min(min, message).max(max, message));
};

/** Whether something is done: true or false, or the words on and off. */
export const switchSetting = z
  .union([z.boolean(), z.enum(["on", "off"]).transform((word) => word === "on")], "takes true or false")
  .describe("true or false");

const listSetting = (item: z.ZodString) =>
  z.preprocess(
    (given) => (typeof given === "string" ? given.split(",").map((each) => each.trim()) : given),
    z.array(item),
  );

/** Settings of every CRM, for finding whose call it is. */
const matchingSettings = {
  /** Countries in which the house is: a number that the CRM holds without a country code is of one of them. */
  country: listSetting(z.string().regex(/^[A-Z]{2}$/, "takes country codes of two letters, such as GB")).optional(),
  /** A number that more people share is a switchboard. */
  sharedAbove: wholeNumberSetting(1, 1_000).optional(),
  /** Whose calls an agent's are: the agent as the log writes it, and the owner's e-mail, name or id in the CRM. */
  agents: listSetting(z.string().regex(/^[^=,]+=[^=,]+$/, "takes texts such as ext:204=alice@example.test")).optional(),
};

const isText = (value: unknown): value is string => typeof value === "string";

/** Settings of every CRM, for what is left of its limits to other applications of the account. */
const shareSettings = {
  /** We use at most so much of every limit. */
  useAtMostPercent: wholeNumberSetting(1, 100).optional(),
  /** Of the limit of a day, so many units are left to others. */
  leaveForOthers: wholeNumberSetting(0, 1_000_000_000).optional(),
};

function toText(value: unknown): string {
  if (isText(value)) return value;
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every(isText)) return value.join(",");
  throw new Error("a setting is a text, a number, a switch or a list of texts");
}

const toProblem = (names: readonly string[], issue: z.core.$ZodIssue): string =>
  issue.code === "unrecognized_keys"
    ? `${issue.keys.join(", ")}: no such setting; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`
    : `${issue.path.map(String).join(".") || "settings"}: ${issue.message}`;

/** A vendor's settings as its schema knows them. */
export type VendorSettings = Readonly<{
  names: readonly string[];
  /** What a person gave, as it is stored; or what is wrong, by name. */
  read(given: unknown): Outcome<StoredSettings, string>;
  /** Names that may not change once calls are written: the CRM's records are found by them. */
  fixed: readonly string[];
}>;

/** Reads by a schema of a strict object whose values are texts, numbers, switches or lists of texts; those of every CRM come on top. */
export function createVendorSettings(
  own: z.ZodObject<z.ZodRawShape, z.core.$strict>,
  fixed: readonly string[],
): VendorSettings {
  const schema = own.extend({ ...matchingSettings, ...shareSettings });
  const names = Object.keys(schema.shape);
  return {
    names,
    fixed,
    read(given) {
      const parsed = schema.safeParse(given);
      if (!parsed.success)
        return { ok: false, fault: parsed.error.issues.map((issue) => toProblem(names, issue)).join("; ") };
      const known = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
      return { ok: true, value: Object.fromEntries(known.map(([name, value]) => [name, toText(value)])) };
    },
  };
}
