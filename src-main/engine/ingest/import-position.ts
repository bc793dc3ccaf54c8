import { z } from "zod";
import type { FileIdentity, FilePosition, IngestStore, KnownFile } from "../ports/ingest-store.ts";
import type { TextEncoding } from "./bytes/text-encoding.ts";
import { hashContent, hashHead, hashShorterHeads, hashTail } from "./file-fingerprint.ts";
import type { OpenFile } from "./log-file.ts";

const stateSchema = z.strictObject({
  version: z.literal(1),
  encoding: z.strictObject({
    name: z.string(),
    unit: z.union([z.literal(1), z.literal(2)]),
    bomLength: z.int().nonnegative(),
  }),
  /** What the format settled. */
  format: z.record(z.string(), z.unknown()),
  /** Rows up to this line are dealt with, except the pending ones: legs of calls that were still open. */
  upTo: z.int().nonnegative(),
  pending: z.array(z.int().positive()),
  /** Some rows have no key: their occurrence numbers need the file from its start. */
  keyless: z.boolean(),
  chain: z.strictObject({ blocks: z.int().nonnegative(), hash: z.string() }),
  /** A last row without line end that was taken; met again with the same text it is the same row. */
  tail: z.strictObject({ line: z.int().positive(), hash: z.string() }).nullable(),
  /** A half line is left at the end, for the next look. */
  halfLine: z.boolean(),
});

/** What the reader needs to go on in a file, beside offset and line. */
export type ReaderState = Readonly<z.infer<typeof stateSchema>>;

export const toStateText = (state: ReaderState): string => JSON.stringify(state);

function readState(text: string): ReaderState | null {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export type Resumed = Readonly<{
  format: string;
  position: FilePosition;
  state: ReaderState;
  encoding: TextEncoding;
  /** The earlier reading came to the file's end. */
  finished: boolean;
}>;

/** Where reading a file begins: not at all, where it ended, or at its start. */
export type Opening =
  | Readonly<{ kind: "unchanged"; halfLine: boolean }>
  | Readonly<{ kind: "resume"; from: Resumed }>
  | Readonly<{ kind: "fresh" }>;

/** A half line that nobody finished for so long is taken as it is. */
export const halfLinePatienceMs = 10 * 60_000;

export type OpeningQuestion = Readonly<{
  file: OpenFile;
  identity: FileIdentity;
  /** A format's name, or `auto`. */
  format: string;
  /** Nobody is expected to finish a half line at the end. */
  isQuiet: boolean;
}>;

async function isSameContent({ handle, stats }: OpenFile, known: KnownFile): Promise<boolean> {
  return known.contentHash !== null && (await hashContent(handle, stats.size)) === known.contentHash;
}

/** The part of the file that was read is still there, as it was. */
async function hasSameBeginning({ handle, stats }: OpenFile, { position }: KnownFile): Promise<boolean> {
  if (position.size === 0 || position.offset > stats.size) return false;
  if ((await hashHead(handle, position.size)) !== position.headHash) return false;
  return (await hashTail(handle, position.offset)) === position.tailHash;
}

/** What a known file says about this one, or null when it is another one. One that no row was read of settles nothing. */
async function compareKnown(question: OpeningQuestion, known: KnownFile): Promise<Opening | null> {
  const { file, identity, format } = question;
  const { position, finished } = known;
  const { stats } = file;
  const isItself = known.path === identity.path || (known.fileId !== null && known.fileId === identity.fileId);
  const state = readState(position.state);
  if (state === null || (!finished && !isItself)) return null;
  if (format !== "auto" && format !== known.format) return null;
  if (!(await hasSameBeginning(file, known))) return null;
  const resume: Opening = {
    kind: "resume",
    from: { format: known.format, position, state, encoding: state.encoding, finished },
  };
  if (!finished || stats.size > position.size) return state.upTo === 0 ? null : resume;
  if (stats.size < position.size) return null;
  const isTouched = !isItself || Math.trunc(stats.mtimeMs) !== position.modifiedAt;
  if (isTouched && !(await isSameContent(file, known))) return null;
  const { halfLine } = state;
  return halfLine && question.isQuiet ? resume : { kind: "unchanged", halfLine };
}

/**
 * Decides where to begin by what the store knows of the file: under its path, its id on the disk (after a rename), or
 * another name (a copy). A file that is shorter, or begins otherwise than it did, is another one and read from its start.
 */
export async function decideOpening(
  question: OpeningQuestion,
  store: Pick<IngestStore, "findFiles">,
): Promise<Opening> {
  const { file, identity } = question;
  const { handle, stats } = file;
  const headHash = await hashHead(handle, stats.size);
  const shorterHashes = await hashShorterHeads(handle, stats.size);
  const rank = (known: KnownFile): number =>
    Number(known.path !== identity.path) + Number(known.fileId !== identity.fileId);
  const found = store.findFiles(identity, { headHash, shorterHashes });
  let best: Extract<Opening, { kind: "resume" }> | null = null;
  for (const known of found.toSorted((left, right) => rank(left) - rank(right))) {
    const opening = await compareKnown(question, known);
    if (opening?.kind === "unchanged") return opening;
    // Of several readings of the same log the one that came furthest has the least left to read.
    if (opening?.kind === "resume" && opening.from.position.offset > (best?.from.position.offset ?? -1)) best = opening;
  }
  return best ?? { kind: "fresh" };
}
