import type { SandboxClock } from "../core/clock.ts";
import type { ModuleName } from "./modules.ts";
import type { Actor } from "./zoho-record.ts";

/** A label of a module's records. Records hold the names of their tags. */
export type Tag = {
  readonly id: string;
  readonly module: ModuleName;
  readonly name: string;
  readonly colour: string | null;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly createdBy: Actor;
  readonly modifiedBy: Actor;
};

export const maxTagName = 25;
export const maxTagsOfRecord = 10;
export const maxTagsOfModule = 100;

export type Tags = {
  readonly list: (module: ModuleName) => readonly Tag[];
  readonly find: (module: ModuleName, name: string) => Tag | undefined;
  readonly byId: (id: string) => Tag | undefined;
  /** The tag of this name, made if there is none. Names are compared without regard to case. */
  readonly ensure: (module: ModuleName, name: string, actor: Actor, colour?: string | null) => Tag;
  readonly replace: (tag: Tag) => void;
  readonly remove: (id: string) => void;
  readonly clear: () => void;
};

export function createTags(clock: SandboxClock, nextId: () => string): Tags {
  const tags = new Map<string, Tag>();
  const find = (module: ModuleName, name: string): Tag | undefined =>
    [...tags.values()].find((tag) => tag.module === module && tag.name.toLowerCase() === name.toLowerCase());
  return {
    list: (module) => [...tags.values()].filter((tag) => tag.module === module),
    find,
    byId: (id) => tags.get(id),
    ensure: (module, name, actor, colour = null) => {
      const known = find(module, name);
      if (known !== undefined) return known;
      const now = clock.now();
      const made: Tag = {
        id: nextId(),
        module,
        name,
        colour,
        createdAt: now,
        modifiedAt: now,
        createdBy: actor,
        modifiedBy: actor,
      };
      tags.set(made.id, made);
      return made;
    },
    replace: (tag) => void tags.set(tag.id, tag),
    remove: (id) => void tags.delete(id),
    clear: () => tags.clear(),
  };
}
