import { openUnseenFile } from "../bytes/unseen-file.ts";
import { isIgnoredName } from "../ignored-names.ts";
import { LogRefusedError } from "../log-refused.ts";
import { toPlainWord } from "../records/plain-word.ts";
import type { Unpacked } from "./unpack-workbook.ts";
import type { ZipParts } from "./zip-parts.ts";

/** What a log can be called within an archive; some systems give theirs no ending at all. */
const logName = /^[^.]+$|\.(?:csv|tsv|txt|log|json|ndjson|jsonl|xml|cdr|smdr|dat)(?:\.\d+)?$/i;
/** What stands beside the calls of a Teams usage report: the options of the export. */
const companions = new Set(["parameters.json"]);

const headBytes = 64 * 1024;
const shownNames = 5;
const lineFeed = 10;

type Member = { readonly name: string; head: Buffer; size: number };

function isLog(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  if (name === "" || path.startsWith("__MACOSX/") || isIgnoredName(name)) return false;
  return logName.test(name) && !companions.has(name.toLowerCase());
}

const toText = ({ head }: Member): string => head.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");

/** The names of a table's columns as words, or "" where the file begins with anything else. */
function readHeader(member: Member): string {
  const [line = ""] = toText(member).split("\n", 1);
  const isTable = /[,;\t|]/.test(line) && !/^\s*[[{<]/.test(line) && !line.includes("\0");
  return isTable && !/\d{4}/.test(line) ? toPlainWord(line) : "";
}

/** A header alone is an export that found nothing. */
const hasRows = (member: Member): boolean =>
  member.size > headBytes || toText(member).replaceAll("\0", "").trim().includes("\n") || readHeader(member) === "";

type Found = Readonly<{ members: readonly Member[]; others: readonly string[] }>;

async function findMembers(zip: ZipParts): Promise<Found> {
  const members: Member[] = [];
  const others: string[] = [];
  await zip.read((name) => {
    if (!isLog(name)) {
      if (!name.endsWith("/")) others.push(name);
      return null;
    }
    const member: Member = { name, head: Buffer.alloc(0), size: 0 };
    members.push(member);
    return (chunk) => {
      member.size += chunk.length;
      if (member.head.length < headBytes)
        member.head = Buffer.concat([member.head, chunk.subarray(0, headBytes - member.head.length)]);
    };
  });
  return { members, others };
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map((name) => JSON.stringify(name));
  return `${shown.join(", ")}${names.length > shownNames ? ` and ${names.length - shownNames} more` : ""}`;
}

/** The file, or the files of one table, that an archive holds. Throws `LogRefusedError` where it holds none or several. */
function chooseMembers({ members, others }: Found): readonly Member[] {
  const names = [...members.map(({ name }) => name), ...others];
  if (members.length === 0) {
    const holds = names.length === 0 ? "It is empty." : `It holds ${listNames(names)}.`;
    throw new LogRefusedError(
      "binary",
      `This is a zip archive, but no Excel workbook, and no file in it is named like a call log. ${holds} Unpack it and import the folder.`,
    );
  }
  const filled = members.filter(hasRows);
  const [first, ...rest] = filled.length === 0 ? members.slice(0, 1) : filled;
  if (first === undefined || rest.length === 0) return first === undefined ? [] : [first];
  const header = readHeader(first);
  if (header !== "" && rest.every((member) => readHeader(member) === header)) return [first, ...rest];
  throw new LogRefusedError(
    "binary",
    `The archive holds several files with different columns: ${listNames(filled.map(({ name }) => name))}. ` +
      "Unpack it and import the folder, or the files one by one.",
  );
}

/**
 * The one log that an archive holds as text, or several files of one table one behind the other (the header once). Throws
 * `LogRefusedError` where it holds none, or logs of several kinds.
 */
export async function unpackMembers(zip: ZipParts): Promise<Unpacked> {
  const chosen = new Set(chooseMembers(await findMembers(zip)).map(({ name }) => name));
  const handle = await openUnseenFile();
  try {
    let pending: Buffer[] = [];
    let last = lineFeed;
    let isFirst = true;
    const put = (bytes: Buffer): void => {
      if (bytes.length === 0) return;
      pending.push(bytes);
      last = bytes.at(-1) ?? last;
    };
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(pending);
      pending = [];
      if (bytes.length > 0) await handle.appendFile(bytes);
    };
    await zip.read((name) => {
      if (!chosen.has(name)) return null;
      let isHeader = !isFirst;
      isFirst = false;
      if (last !== lineFeed) put(Buffer.from("\n"));
      return (chunk) => {
        const end = isHeader ? chunk.indexOf(lineFeed) : -1;
        if (isHeader && end < 0) return;
        isHeader = false;
        put(Buffer.from(chunk.subarray(end + 1)));
      };
    }, flush);
    await flush();
    return { handle, remarks: [] };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
