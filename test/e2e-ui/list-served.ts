import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Files below a folder by their URL path. */
export async function listServed(root: string, below = ""): Promise<ReadonlyMap<string, string>> {
  const served = new Map<string, string>();
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [url, file] of await listServed(root, path)) served.set(url, file);
    else served.set(path, join(root, path));
  }
  return served;
}
