import { readFileSync } from "node:fs";
import { defaultKeyField, secondsField } from "./wire.ts";

const read = (): string => readFileSync(new URL("default-contract.yaml", import.meta.url), "utf8");

/**
 * The field contract that a new Zoho integration gets, as YAML for people to edit: with the key under its configured
 * name, or, where the setting `keyIn` is `description`, without any field of ours.
 */
export function readDefaultContract(keyField: string = defaultKeyField, keyIn = "field"): string {
  return keyIn === "description" ? toFieldless(read()) : read().replaceAll(defaultKeyField, keyField);
}

/** The key goes into the text of the call; lengths are compared in the org's own form, which has minutes only. */
function toFieldless(text: string): string {
  const rules: readonly (readonly [string, string])[] = [
    [defaultKeyField, ""],
    [secondsField, ""],
    [
      "Call_Duration",
      `      Call_Duration:
        own: agent
        value: { from: durationSeconds, as: hours-minutes }
        note: Written in the org's own form, in whole minutes rounded up. A missed call has none.
`,
    ],
    [
      "Description",
      `      Description:
        own: fill-blank
        value: { template: "Logged by CallLedger from {system}, {durationSeconds} seconds. [ref:{key}]" }
        note: The mark [ref:…] keeps a call from being written twice. People's notes stay.
`,
    ],
  ];
  return rules.reduce((left, [field, rule]) => replaceRule(left, field, rule), text);
}

/** Throws where the text has no rule for the field: a bug. */
function replaceRule(text: string, field: string, rule: string): string {
  const found = new RegExp(`^ {6}${field}:\\n(?: {8}.*\\n)+`, "m").exec(text);
  if (found === null) throw new Error(`the field contract has no rule for ${field}`);
  return text.replace(found[0], () => rule);
}
