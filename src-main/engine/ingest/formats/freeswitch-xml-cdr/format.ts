import { Parser } from "htmlparser2";
import { createDocumentFormat } from "../../presets/document-format.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { decodeValue, readChannel } from "../freeswitch-like/channel-facts.ts";
import { skip } from "../log-format.ts";

/** The elements directly within the first `<variables>`, by name. */
function readVariables(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const path: string[] = [];
  let value = "";
  const parser = new Parser(
    {
      onopentag: (name) => {
        path.push(name);
        value = "";
      },
      ontext: (part) => {
        value += part;
      },
      onclosetag: (name) => {
        if (path.length === 3 && path[1] === "variables" && !variables.has(name)) variables.set(name, value);
        path.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(text);
  parser.end();
  return variables;
}

function read(text: string, tools: RowTools, isWhole: boolean): RowReading {
  if (!isWhole) return skip("truncated_tail", "the file ends before its XML does");
  const variables = readVariables(text);
  if (variables.size === 0) return skip("malformed", "the file has no <variables>");
  return readChannel((name) => decodeValue(variables.get(name) ?? "").trim(), tools);
}

/**
 * FreeSWITCH `mod_xml_cdr`: a file per leg, `a_…` for the leg that dialled. Values are percent-encoded; times are epochs.
 * (developer.signalwire.com, mod_xml_cdr)
 */
export const freeswitchXmlCdr = createDocumentFormat({
  id: "freeswitch-xml-cdr",
  title: "FreeSWITCH xml_cdr (one file per leg)",
  kind: "markup",
  detect: (text) => {
    if (!/^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?<cdr[\s>]/i.test(text) || !/<variables>/i.test(text)) return null;
    const found = ["uuid", "hangup_cause", "start_epoch", "start_stamp", "billsec"].filter((name) =>
      text.includes(`<${name}>`),
    );
    if (found.length < 2) return null;
    return { score: 0.95, evidence: [`an element <cdr> with <variables> and ${found.join(", ")}`] };
  },
  read,
});
