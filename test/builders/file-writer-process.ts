import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";

/** What the writing process can be told to do. */
export type WriterOrder =
  | Readonly<{ do: "write" | "append"; path: string; text: string }>
  /** Writes into the file as it is, from its start, without cutting it. */
  | Readonly<{ do: "overwrite"; path: string; text: string }>
  /** Writes beside the file and renames over it, as careful programs do. */
  | Readonly<{ do: "replace"; path: string; text: string }>
  | Readonly<{ do: "rename" | "copy" | "symlink" | "hardlink"; path: string; to: string }>
  | Readonly<{ do: "truncate" | "remove" | "folder"; path: string }>
  /** Copies the log away and empties it, as logrotate does with copytruncate. */
  | Readonly<{ do: "copytruncate"; path: string; to: string }>
  /** Packs a file, and removes the unpacked one; `part` keeps only so much of the archive. */
  | Readonly<{ do: "gzip"; path: string; to: string; part?: number }>
  | Readonly<{ do: "mode"; path: string; mode: number }>
  | Readonly<{ do: "touch"; path: string; at: number }>
  /** Writes so many files, named by `{n}`, with the text's `{n}` replaced. */
  | Readonly<{ do: "many"; path: string; text: string; from: number; count: number }>;

const works: { [K in WriterOrder["do"]]: (order: Extract<WriterOrder, { do: K }>) => void } = {
  write: ({ path, text }) => writeFileSync(path, text),
  append: ({ path, text }) => appendFileSync(path, text),
  overwrite: ({ path, text }) => {
    const file = openSync(path, "r+");
    writeSync(file, text);
    closeSync(file);
  },
  replace: ({ path, text }) => {
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
  },
  rename: ({ path, to }) => renameSync(path, to),
  copy: ({ path, to }) => copyFileSync(path, to),
  symlink: ({ path, to }) => symlinkSync(to, path),
  hardlink: ({ path, to }) => linkSync(path, to),
  truncate: ({ path }) => truncateSync(path),
  remove: ({ path }) => rmSync(path, { recursive: true }),
  folder: ({ path }) => void mkdirSync(path, { recursive: true }),
  copytruncate: ({ path, to }) => {
    copyFileSync(path, to);
    truncateSync(path);
  },
  gzip: ({ path, to, part }) => {
    const packed = gzipSync(readFileSync(path));
    writeFileSync(to, part === undefined ? packed : packed.subarray(0, part));
    if (part === undefined) rmSync(path);
  },
  mode: ({ path, mode }) => chmodSync(path, mode),
  touch: ({ path, at }) => utimesSync(path, at / 1000, at / 1000),
  many: ({ path, text, from, count }) => {
    for (let n = from; n < from + count; n += 1) {
      const name = path.replaceAll("{n}", String(n));
      mkdirSync(dirname(name), { recursive: true });
      // As systems that write a file per call do: under another name until it is whole.
      writeFileSync(`${name}.tmp`, text.replaceAll("{n}", String(n)));
      renameSync(`${name}.tmp`, name);
    }
  },
};

process.on("message", ({ id, order }: { id: number; order: WriterOrder }) => {
  try {
    (works[order.do] as (each: WriterOrder) => void)(order);
    process.send?.({ id });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
