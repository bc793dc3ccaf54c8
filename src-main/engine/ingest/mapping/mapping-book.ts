import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { logMapping, type LogMapping } from "../../../../src-shared/domain/log-mapping.ts";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { LogSample } from "../formats/log-format.ts";
import { LogRefusedError } from "../log-refused.ts";
import { readTableHeader, toFingerprint } from "./header-fingerprint.ts";

/** The saved mappings of a data folder, a YAML file for each header. */
export type MappingBook = Readonly<{
  /** The mapping that is saved for the header of a file, or null. Throws `LogRefusedError` when its file is damaged. */
  find(sample: LogSample, settings: SourceSettings): Promise<LogMapping | null>;
  read(fingerprint: string): Promise<LogMapping | null>;
  list(): Promise<readonly LogMapping[]>;
  /** True where nothing is saved, so that no file needs to be looked at. */
  isEmpty(): Promise<boolean>;
  /** Saves (or replaces) a mapping and answers its file. */
  save(mapping: LogMapping): Promise<string>;
  /** False where there is none. */
  remove(fingerprint: string): Promise<boolean>;
}>;

const head =
  "# How CallLedger reads tables with these columns. Edit it with care: it is used for every file with this header.\n" +
  "# `callledger calls map FILE` shows what it makes of a file; removing this file forgets it.\n";

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** A small file; whatever is larger is another one. */
const maxLength = 64 * 1024;

function parseMapping(text: string, file: string): LogMapping {
  const refuse = (problem: string): LogRefusedError =>
    new LogRefusedError(
      "settings",
      `The saved mapping ${file} cannot be used: ${problem}. Mend it, or remove the file.`,
    );
  if (text.length > maxLength) throw refuse("it is too large");
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw refuse(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "it is no YAML") : "it is no YAML");
  }
  const parsed = logMapping.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join(".") ?? "it"}: ${issue?.message ?? "is not right"}`);
}

const fileName = /^[\da-f]{16}\.yaml$/;

/** Opens the mappings in a folder, which need not be there yet. */
export function createMappingBook(folder: string): MappingBook {
  const fileOf = (fingerprint: string): string => join(folder, `${fingerprint}.yaml`);

  const read = async (fingerprint: string): Promise<LogMapping | null> => {
    const file = fileOf(fingerprint);
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    return text === null ? null : parseMapping(text, file);
  };

  const listNames = async (): Promise<readonly string[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.filter((each) => fileName.test(each)).toSorted();
  };

  return {
    read,
    isEmpty: async () => (await listNames()).length === 0,
    find: async (sample, settings) => {
      const header = readTableHeader(sample, settings);
      return header === null ? null : read(toFingerprint(header.names));
    },
    list: async () => {
      const mappings: LogMapping[] = [];
      for (const name of await listNames()) {
        const mapping = await read(name.slice(0, -".yaml".length));
        if (mapping !== null) mappings.push(mapping);
      }
      return mappings;
    },
    save: async (mapping) => {
      await mkdir(folder, { recursive: true });
      const file = fileOf(mapping.fingerprint);
      // Written beside and renamed: a reader never meets half a file.
      await writeFile(`${file}.tmp`, head + stringify(mapping, { lineWidth: 120 }), { mode: 0o600 });
      await rename(`${file}.tmp`, file);
      return file;
    },
    remove: async (fingerprint) => {
      try {
        await rm(fileOf(fingerprint));
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
      return true;
    },
  };
}

/** What a reading needs of the mappings. */
export type MappingFinder = Pick<MappingBook, "find" | "isEmpty">;

type Asked = Readonly<{ format: string; settings: SourceSettings }>;

/**
 * How a file is read where a mapping is saved for its header: as a table, with the mapping's settings; what the source
 * says itself wins. A format that was named (other than the table) is left alone.
 */
export async function applyMapping<T extends Asked>(
  asked: T,
  mappings: MappingFinder | undefined,
  readSampleOf: () => Promise<LogSample>,
): Promise<T> {
  const isOpen = asked.format === "auto" || asked.format === "generic-csv";
  if (mappings === undefined || !isOpen || (await mappings.isEmpty())) return asked;
  const mapping = await mappings.find(await readSampleOf(), asked.settings);
  if (mapping === null) return asked;
  return { ...asked, format: "generic-csv", settings: { ...mapping.settings, ...asked.settings } };
}
