import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

/** Encodings that we ask for. */
export const acceptedEncodings = "gzip, br, deflate";

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
} as const;

const isKnown = (name: string): name is keyof typeof decoders => Object.hasOwn(decoders, name);

/**
 * The text of a body under its `Content-Encoding` header, never more than `maxBytes` when unpacked. Rejects when it is
 * cut, broken, larger, or in an encoding that we did not ask for.
 */
export async function decodeBody(packed: Buffer, encoding: string | undefined, maxBytes: number): Promise<string> {
  const names = (encoding ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  let body = packed;
  for (const name of names.toReversed()) {
    if (!isKnown(name)) throw new Error(`content encoding ${name} is not known`);
    // Answers without a body (204, 304) may still name an encoding.
    if (body.length === 0) return "";
    body = await decoders[name](body, { maxOutputLength: maxBytes });
  }
  return body.toString("utf8");
}
