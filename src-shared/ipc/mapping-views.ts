import { z } from "zod";
import { callDirection, callStatus } from "../domain/call-record.ts";
import { logMapping, mappingSettings } from "../domain/log-mapping.ts";

/** How sure a proposal is, from 0 to 1, and what in the data says so, in plain words. */
const weighed = { confidence: z.number().min(0).max(1), evidence: z.array(z.string()) };

/** A column that was proposed for one thing that a call has. `others`: columns that could be it as well. */
export const mappedColumn = z.strictObject({
  field: z.string(),
  column: z.string(),
  ...weighed,
  /** Its first values, as written. */
  examples: z.array(z.string()),
  others: z.array(z.string()),
});
export type MappedColumn = Readonly<z.infer<typeof mappedColumn>>;

/** Something the data leaves open. Nothing is stored before it is answered. */
export const mappingQuestion = z.strictObject({
  id: z.enum(["columns", "dateOrder", "clock", "durationUnit", "direction", "words"]),
  question: z.string(),
  /** Each answer with the settings it stands for and the option of the command line. */
  answers: z.array(
    z.strictObject({ means: z.string(), option: z.string(), settings: z.record(z.string(), z.unknown()) }),
  ),
  /** True where calls cannot be told without an answer; else the reading goes on with what was proposed. */
  blocks: z.boolean(),
});
export type MappingQuestion = Readonly<z.infer<typeof mappingQuestion>>;

const weighedText = z.strictObject({ value: z.string().nullable(), ...weighed });

export const mappedCall = z.strictObject({
  callId: z.string().nullable(),
  direction: callDirection,
  status: callStatus,
  from: z.string().nullable(),
  to: z.string().nullable(),
  startedAt: z.string(),
  durationSeconds: z.int(),
  agent: z.string().nullable(),
  line: z.int(),
});
export type MappedCall = Readonly<z.infer<typeof mappedCall>>;

/** How a table of calls would be read, and what has to be asked. */
export const mappingProposal = z.strictObject({
  file: z.string(),
  /** The format that recognises the file by itself, or null. */
  recognised: z.strictObject({ format: z.string(), score: z.number(), evidence: z.array(z.string()) }).nullable(),
  /** Null where the table has no header to be known again by. */
  fingerprint: z.string().nullable(),
  /** The mapping that is saved for this header, or null. */
  saved: logMapping.nullable(),
  header: z.array(z.string()),
  columns: z.array(mappedColumn),
  dateOrder: weighedText,
  clock: weighedText,
  timeZone: weighedText,
  durationUnit: weighedText,
  direction: weighedText,
  questions: z.array(mappingQuestion),
  /** The first calls as they would be read; with open questions, by the first answer of each. */
  calls: z.array(mappedCall),
  /** The first rows that would give no call, with line and reason. */
  skipped: z.array(z.strictObject({ line: z.int(), reason: z.string(), detail: z.string() })),
  /** What would be saved. */
  settings: mappingSettings,
});
export type MappingProposal = Readonly<z.infer<typeof mappingProposal>>;

export const savedMapping = z.strictObject({ file: z.string(), mapping: logMapping });
