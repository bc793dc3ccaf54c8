import { z } from "zod";
import { callDirection, callStatus } from "./call-record.ts";

/** What a word of a direction or status column can mean; `other`: the row is no phone call. */
export const wordMeaning = z.enum([...callDirection.options, ...callStatus.options, "other"]);
export type WordMeaning = z.infer<typeof wordMeaning>;

/**
 * What the user told us about a source: `--assume` takes this shape (as JSON or `@file`), and the options `--country`
 * and `--timezone` are short for `region` and `timeZone`. Unknown keys are refused by name.
 */
export const sourceSettings = z.strictObject({
  /** ISO 3166 country of national numbers. */
  region: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  /** IANA zone of local timestamps. */
  timeZone: z.string().optional(),
  /** IANA zone of the log where it differs from the office (an Asterisk log with `usegmtime=yes` is UTC). */
  logTimeZone: z.string().optional(),
  outsideLinePrefix: z.union([z.string(), z.array(z.string())]).optional(),
  ownNumber: z.string().optional(),
  ownNumbers: z.array(z.string()).optional(),
  extensionLengths: z.array(z.int().positive()).optional(),
  trunkNames: z.array(z.string()).optional(),
  /** Devices of a CUCM that are lines to the outside; others are known by their names. */
  trunkDevices: z.array(z.string()).optional(),
  /** Numbers of the phone system at which no person is reached. */
  voicemailNumbers: z.array(z.string()).optional(),
  autoAttendantNumbers: z.array(z.string()).optional(),
  huntPilots: z.array(z.string()).optional(),
  /** Year of the first call of a log whose dates have none; default: by the time the file was written last. */
  year: z.int().min(1995).max(2199).optional(),
  dateOrder: z.enum(["DMY", "MDY", "YMD"]).optional(),
  /** Times of twelve hours without AM and PM: `12h-office` reads hours 1 to 6 as afternoon. Default: 24 hours. */
  clock: z.enum(["24h", "12h-office"]).optional(),
  /** Whether the times of a log are those of the start or of the end of its calls; default: as the format has it, of a table the start. */
  timeOf: z.enum(["start", "end"]).optional(),
  /** What a duration column counts; default: by its header, or by what fits between start and end. */
  durationUnit: z.enum(["seconds", "milliseconds", "minutes", "m:ss", "h:mm"]).optional(),
  /** What words of a direction or status column mean that are not known. */
  words: z.record(z.string(), wordMeaning).optional(),
  encoding: z.string().optional(),
  delimiter: z.string().optional(),
  /** Column map for a generic table: our field name to the header's text. */
  columns: z.record(z.string(), z.string()).optional(),
  /** Which calls policy leaves out; defaults: internal and withheld calls are left out, no call is too short. */
  exclude: z
    .strictObject({
      internal: z.boolean().optional(),
      withheld: z.boolean().optional(),
      shorterThanSeconds: z.int().nonnegative().optional(),
    })
    .optional(),
  /** How a watched folder is looked at; without meaning for single files. */
  watch: z
    .strictObject({
      /** Read the folders inside it too. Default: true. */
      subfolders: z.boolean().optional(),
      /** It lies on another computer. Default: as the system says of the folder. */
      networkShare: z.boolean().optional(),
      /** How long a file has to stay the same before it is read. Default: 2.5, on a network share 10. */
      settleSeconds: z.number().min(0.1).max(3600).optional(),
    })
    .optional(),
  /** A remark for people; ignored. */
  why: z.string().optional(),
});
export type SourceSettings = Readonly<z.infer<typeof sourceSettings>>;
