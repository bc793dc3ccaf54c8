import { readFileSync } from "node:fs";
import type { CallAsk } from "../../src-shared/ipc/contract.ts";
import { badUsage } from "./cli-fault.ts";

type GivenSettings = CallAsk<"integrations:set">["settings"];

/** `--settings` as JSON, or `@file`: names and values; which of them there are is the connector's to say. */
export function readSettings(text: string): GivenSettings {
  const isFile = text.startsWith("@");
  let parsed: unknown;
  try {
    parsed = JSON.parse(isFile ? readFileSync(text.slice(1), "utf8") : text);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error;
    throw badUsage(
      isGone
        ? `--settings: the file ${text.slice(1)} cannot be read.`
        : `--settings takes a JSON object such as {"trigger":"all"}.`,
    );
  }
  if (!isSettings(parsed))
    throw badUsage(`--settings takes a JSON object of texts, numbers, true and false, or null for the default.`);
  return parsed;
}

function isSettings(value: unknown): value is GivenSettings {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const isPlain = (each: unknown): boolean =>
    each === null || ["string", "number", "boolean"].includes(typeof each) || isTexts(each);
  return Object.values(value).every(isPlain);
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === "string");
