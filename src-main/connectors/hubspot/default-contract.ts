import { readFileSync } from "node:fs";
import { defaultKeyProperty } from "./connector.ts";

/** The field contract that a new HubSpot integration gets, as YAML for people to edit, with the key under its configured name. */
export function readDefaultContract(keyProperty: string = defaultKeyProperty): string {
  const text = readFileSync(new URL("default-contract.yaml", import.meta.url), "utf8");
  return text.replaceAll(defaultKeyProperty, keyProperty);
}
