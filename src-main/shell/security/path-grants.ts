import { dirname, resolve } from "node:path";

/**
 * Files and folders that a person gave to the window: dropped on it, or chosen in a dialog of the system. The engine
 * reads what it is told to, so a window that was taken over must not be able to name just any file.
 */
export type PathGrants = Readonly<{
  grant(paths: readonly string[]): void;
  /** Whether the path, or a folder above it, was given. */
  has(path: string): boolean;
}>;

const mostGrants = 50_000;

export function createPathGrants(): PathGrants {
  const given = new Set<string>();
  const has = (path: string): boolean => {
    if (given.has(path)) return true;
    const parent = dirname(path);
    return parent !== path && has(parent);
  };
  return {
    grant(paths) {
      for (const path of paths) given.add(resolve(path));
      for (const oldest of given) {
        if (given.size <= mostGrants) break;
        given.delete(oldest);
      }
    },
    has: (path) => has(resolve(path)),
  };
}
