import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

/**
 * Writes files for an administrator of a CRM into `<data folder>/setup/<folder>` and answers that path. Files of the same
 * name are replaced. Rejects a path that would leave the folder.
 */
export function createSetupFolder(
  dataDir: string,
): (folder: string, files: ReadonlyMap<string, string>) => Promise<string> {
  return async (folder, files) => {
    const root = resolve(join(dataDir, "setup", folder));
    for (const [path, text] of files) {
      const file = resolve(join(root, path));
      if (!file.startsWith(`${root}${sep}`)) throw new Error(`a set-up file leaves its folder: ${path}`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, "utf8");
    }
    return root;
  };
}
