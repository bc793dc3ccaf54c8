import { createHash } from "node:crypto";
import { z } from "zod";
import { credentialFields } from "../../../src-shared/domain/credential.ts";
import { parseJson } from "../../../src-shared/domain/json-text.ts";
import type { Credential } from "../ports/credential-vault.ts";

/** Parts are written beside those in use, and the entry that names them last: a write that breaks off changes nothing. */
export const partSets = ["a", "b"] as const;
export type PartSet = (typeof partSets)[number];

const inline = z.strictObject({ format: z.literal(1), credential: credentialFields });
const parted = z.strictObject({
  format: z.literal(1),
  parts: z.int().min(1).max(1_000),
  set: z.enum(partSets),
  digest: z.string(),
});
const entry = z.union([inline, parted]);

export type Entry =
  | Readonly<{ kind: "whole"; credential: Credential }>
  | Readonly<{ kind: "parted"; parts: number; set: PartSet; digest: string }>;

/** What goes into the keychain: one text, or several and then the one that names them. */
export type EntryTexts = Readonly<{ parts: readonly string[]; head: string }>;

/** Only ASCII, so that characters, UTF-8 bytes and UTF-16 units count alike whatever the system stores. */
const toAscii = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const toDigest = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Splits what is longer than `maxCharacters`; the parts belong to `set`. */
export function toEntryTexts(credential: Credential, maxCharacters: number, set: PartSet): EntryTexts {
  const whole = toAscii({ format: 1, credential });
  if (whole.length <= maxCharacters) return { parts: [], head: whole };
  const text = toAscii(credential);
  const count = Math.ceil(text.length / maxCharacters);
  const parts = Array.from({ length: count }, (_, n) => text.slice(n * maxCharacters, (n + 1) * maxCharacters));
  return { parts, head: toAscii({ format: 1, parts: count, set, digest: toDigest(text) }) };
}

/** The entry that is looked up first, or undefined for one that we did not write or that is damaged. */
export function parseEntry(head: string): Entry | undefined {
  const parsed = entry.safeParse(parseJson(head));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if ("credential" in data) return { kind: "whole", credential: data.credential };
  const { parts, set, digest } = data;
  return { kind: "parted", parts, set, digest };
}

/** The credential of parts that belong together, or undefined. */
export function joinParts(parts: readonly string[], digest: string): Credential | undefined {
  const text = parts.join("");
  if (toDigest(text) !== digest) return undefined;
  const parsed = credentialFields.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}
