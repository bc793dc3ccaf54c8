import { z } from "zod";
import { createDocumentFormat } from "../../presets/document-format.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { decodeValue, readChannel } from "../freeswitch-like/channel-facts.ts";
import { skip } from "../log-format.ts";

const documentSchema = z.object({ variables: z.record(z.string(), z.unknown()) });

const toText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(text: string, tools: RowTools, isWhole: boolean): RowReading {
  const parsed = parse(text);
  if (parsed === undefined) {
    if (!isWhole) return skip("truncated_tail", "the file ends before its JSON does");
    return skip("malformed", "the file is no JSON");
  }
  const document = documentSchema.safeParse(parsed);
  if (!document.success) return skip("malformed", 'the file has no "variables"');
  const { variables } = document.data;
  return readChannel((name) => decodeValue(toText(variables[name])).trim(), tools);
}

/**
 * FreeSWITCH `mod_json_cdr`: a file per leg. Values are percent-encoded unless `encode-values` is off; times are epochs.
 * (developer.signalwire.com, mod_json_cdr)
 */
export const freeswitchJsonCdr = createDocumentFormat({
  id: "freeswitch-json-cdr",
  title: "FreeSWITCH json_cdr (one file per leg)",
  kind: "json",
  detect: (text) => {
    if (!/^\s*\{/.test(text) || !/"variables"\s*:\s*\{/.test(text)) return null;
    const known = ["uuid", "hangup_cause", "start_epoch", "start_stamp", "billsec", "core-uuid", "channel_data"];
    const found = known.filter((name) => text.includes(`"${name}"`));
    if (found.length < 3) return null;
    return { score: 0.95, evidence: [`a JSON object with "variables" and ${found.join(", ")}`] };
  },
  read,
});
