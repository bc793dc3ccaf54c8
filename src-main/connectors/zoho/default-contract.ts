import { readFileSync } from "node:fs";
import { defaultKeyField } from "./wire.ts";

/** The field contract that a new Zoho integration gets, as YAML for people to edit, with the key under its configured name. */
export function readDefaultContract(keyField: string = defaultKeyField): string {
  const text = readFileSync(new URL("default-contract.yaml", import.meta.url), "utf8");
  return text.replaceAll(defaultKeyField, keyField);
}
