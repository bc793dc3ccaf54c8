import { readFileSync } from "node:fs";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** Settings that shape the contract. */
export type ContractSettings = Readonly<{ activityType?: string | undefined; callLogs?: string | undefined }>;

/** The field contract that a new Pipedrive integration gets, as YAML for people to edit. */
export function readDefaultContract({ activityType = "call", callLogs }: ContractSettings = {}): string {
  const text = read("default-contract.yaml").replace("{ const: call }", `{ const: ${JSON.stringify(activityType)} }`);
  if (callLogs !== "on") return text;
  const indented = read("default-call-log.yaml").replace(/^(?=.)/gm, "      ");
  return text.replace("  persons:\n", `${indented}  persons:\n`);
}
