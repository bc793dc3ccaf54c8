import { hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { fillBuffer, readBytes } from "./log-file.ts";

/** Bytes at the beginning and before a position by which a file is known again. */
export const edgeBytes = 1024;
const blockBytes = 1024 * 1024;

const toHash = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

/** SHA-256 of the first KB of a file that was `size` bytes long (or of all of it). */
export async function hashHead(handle: FileHandle, size: number): Promise<string> {
  return toHash(await readBytes(handle, 0, Math.min(edgeBytes, size)));
}

/** Head hashes that a file had while it was shorter than a head and ended with one of its lines. */
export async function hashShorterHeads(handle: FileHandle, size: number): Promise<readonly string[]> {
  const head = await readBytes(handle, 0, Math.min(edgeBytes, size));
  const hashes: string[] = [];
  for (let end = head.indexOf(0x0a) + 1; end > 0 && end < head.length; end = head.indexOf(0x0a, end) + 1)
    hashes.push(toHash(head.subarray(0, end)));
  return hashes;
}

/** SHA-256 of the KB before an offset. */
export async function hashTail(handle: FileHandle, offset: number): Promise<string> {
  const from = Math.max(0, offset - edgeBytes);
  return toHash(await readBytes(handle, from, offset - from));
}

/** Hash of the whole blocks so far; a plain value, so that it can be kept and gone on with. */
export type ChainState = Readonly<{ blocks: number; hash: string }>;

export const emptyChain: ChainState = { blocks: 0, hash: "" };

/** Takes in the whole blocks of a file that lie before `offset`. */
export async function advanceChain(handle: FileHandle, chain: ChainState, offset: number): Promise<ChainState> {
  let next = chain;
  if ((next.blocks + 1) * blockBytes > offset) return next;
  // One buffer for all blocks: they would pile up faster than they are collected.
  const buffer = Buffer.allocUnsafe(blockBytes);
  while ((next.blocks + 1) * blockBytes <= offset) {
    const block = await fillBuffer(handle, buffer, next.blocks * blockBytes);
    if (block.length < blockBytes) return next;
    next = { blocks: next.blocks + 1, hash: hash("sha256", next.hash + toHash(block), "hex") };
  }
  return next;
}

/**
 * Hash of a file's first `size` bytes: a chain over blocks, so that a grown file is hashed on from where it ended. Equal
 * contents have equal hashes, however they were read.
 */
export async function hashContent(handle: FileHandle, size: number, from: ChainState = emptyChain): Promise<string> {
  const chain = await advanceChain(handle, from, size);
  const rest = await readBytes(handle, chain.blocks * blockBytes, size - chain.blocks * blockBytes);
  return hash("sha256", `${chain.hash}${toHash(rest)}${size}`, "hex");
}
