import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../log-refused.ts";
import { readPlaces } from "../records/fixed-places.ts";
import { asteriskCdrCsv } from "./asterisk-cdr-csv/format.ts";
import { asteriskCdrCustom } from "./asterisk-cdr-custom/format.ts";
import { freepbxCdrExport } from "./freepbx-cdr-export/format.ts";
import { grandstreamUcmCdrCsv } from "./grandstream-ucm-cdr-csv/format.ts";
import { issabelCdrReport } from "./issabel-cdr-report/format.ts";
import { threeCxCallLogCsv } from "./3cx-call-log-csv/format.ts";
import { threeCxCdrLog } from "./3cx-cdr-log/format.ts";
import { freeswitchCdrCsv } from "./freeswitch-cdr-csv/format.ts";
import { ciscoCucmCdr } from "./cisco-cucm-cdr/format.ts";
import { webexCallingCdr } from "./webex-calling-cdr/format.ts";
import { avayaIpofficeSmdr } from "./avaya-ipoffice-smdr/format.ts";
import { cloudAndMobileFormats } from "./cloud-and-mobile.ts";
import { freeswitchXmlCdr } from "./freeswitch-xml-cdr/format.ts";
import { freeswitchJsonCdr } from "./freeswitch-json-cdr/format.ts";
import { avayaCmCdr } from "./avaya-cm-cdr/format.ts";
import { panasonicSmdr } from "./panasonic-smdr/format.ts";
import { mitelSmdr } from "./mitel-smdr/format.ts";
import { genericCsv } from "./generic-csv/format.ts";
import { isEmptyTable } from "./generic-csv/settle.ts";
import { yeastarCdrCsv } from "./yeastar-cdr-csv/format.ts";
import type { Detection, LogFormat, LogSample } from "./log-format.ts";

/** Every format, the particular ones first: the generic table takes what nobody else claims. */
export const logFormats: readonly LogFormat[] = [
  freeswitchXmlCdr,
  freeswitchJsonCdr,
  asteriskCdrCustom,
  asteriskCdrCsv,
  grandstreamUcmCdrCsv,
  freepbxCdrExport,
  issabelCdrReport,
  freeswitchCdrCsv,
  threeCxCdrLog,
  threeCxCallLogCsv,
  ciscoCucmCdr,
  webexCallingCdr,
  avayaIpofficeSmdr,
  yeastarCdrCsv,
  avayaCmCdr,
  panasonicSmdr,
  mitelSmdr,
  ...cloudAndMobileFormats,
  genericCsv,
];

const leastScore = 0.4;
/** Nothing that comes later in the list is looked at. */
const certainScore = 0.9;

export type DetectedFormat = Detection & Readonly<{ format: LogFormat }>;

/** The format of that name. Throws `LogRefusedError` naming the known ones. */
export function findFormat(id: string): LogFormat {
  const found = logFormats.find((format) => format.id === id);
  if (found !== undefined) return found;
  const known = ["auto", ...logFormats.map((format) => format.id)].join(", ");
  throw new LogRefusedError("settings", `Unknown format "${id}". Known are ${known}.`);
}

/** Columns that the settings name may be those of another format: that this one lacks them is told only if nobody has them. */
function ask(format: LogFormat, sample: LogSample, settings: SourceSettings): Detection | LogRefusedError | null {
  try {
    return format.detect(sample, settings);
  } catch (error) {
    if (error instanceof LogRefusedError) return error;
    throw error;
  }
}

/** All formats that recognise the beginning of a file, the surest first. */
export function rankFormats(sample: LogSample, settings: SourceSettings): readonly DetectedFormat[] {
  const found: DetectedFormat[] = [];
  let refused: LogRefusedError | null = null;
  // Whoever names the places of a line's columns has looked at it: no other format is asked before the table.
  const isPlaced = settings.columns?.["start"] !== undefined && readPlaces(settings.columns) !== null;
  for (const format of isPlaced ? [genericCsv] : logFormats) {
    const detection = ask(format, sample, settings);
    if (detection instanceof LogRefusedError) refused ??= detection;
    if (detection === null || detection instanceof LogRefusedError) continue;
    found.push({ ...detection, format });
    if (detection.score >= certainScore) break;
  }
  if (found.length === 0 && refused !== null) throw refused;
  return found.toSorted((left, right) => right.score - left.score);
}

/** The format of a file by its content, with the evidence. Throws `LogRefusedError` when it is no call log that we know. */
export function detectFormat(sample: LogSample, settings: SourceSettings): DetectedFormat {
  const best = rankFormats(sample, settings)[0];
  if (best !== undefined && best.score >= leastScore) return best;
  if (isEmptyTable(sample, { ...settings, columns: {} })) {
    throw new LogRefusedError("empty", "The table holds its header and no call.");
  }
  const firstLine = sample.text.trimStart().split("\n", 1)[0]?.slice(0, 80) ?? "";
  const seen = best === undefined ? "" : ` Closest was ${best.format.id}: ${best.evidence.join("; ")}.`;
  throw new LogRefusedError(
    "unknown_format",
    `This is no call log that is known here: no columns with a date and a number were found. It begins with "${firstLine}".${seen} ` +
      `If it is a table of calls, "callledger calls map" proposes how it is read, asks what it leaves open, and keeps your answers.`,
  );
}
