import { hash } from "node:crypto";

type KeylessCall = Readonly<{
  system: string;
  node: string;
  /** Epoch ms. */
  startedAt: number;
  /** Named fields of the row, joined by the format: direction, parties, raw duration text, extension or agent text. */
  identity: string;
  /** 0 for the first of byte-identical rows inside one file, 1 for the second … */
  occurrence: number;
}>;

/**
 * Key of a call whose log has none: a hash of named fields. Nothing local takes part (no file, path, line or time of
 * reading), so that the same row read anywhere has the same key.
 */
export function toHashKey({ system, node, startedAt, identity, occurrence }: KeylessCall): string {
  const text = [system, node, Math.floor(startedAt / 1000), identity, occurrence].join("\u001f");
  return `h-${hash("sha256", text, "hex").slice(0, 40)}`;
}
