import { z } from "zod";
import type { ConfigSource } from "./configuration.ts";
import { objectNames, perObject, type ObjectName } from "./object-types.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { mainGroup } from "./standard-properties.ts";

export const groupCreateInput = z.object({
  name: z.string().min(1),
  label: z.string().min(1),
  displayOrder: z.int().optional(),
});
export const groupUpdateInput = z.object({ label: z.string().min(1).optional(), displayOrder: z.int().optional() });

export type PropertyGroup = {
  readonly name: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly archived: boolean;
};

export type PropertyGroups = {
  readonly list: (object: ObjectName) => readonly PropertyGroup[];
  readonly find: (object: ObjectName, name: string) => PropertyGroup;
  /** Throws a `Refusal` when there is no such group. */
  readonly require: (object: ObjectName, name: string) => void;
  readonly create: (object: ObjectName, input: z.output<typeof groupCreateInput>) => PropertyGroup;
  readonly update: (object: ObjectName, name: string, input: z.output<typeof groupUpdateInput>) => PropertyGroup;
  readonly archive: (object: ObjectName, name: string) => void;
  readonly clear: () => void;
};

/** `isUsed` says whether live properties are in a group: such a group cannot be deleted. */
export function createPropertyGroups(
  config: ConfigSource,
  isUsed: (object: ObjectName, group: string) => boolean,
): PropertyGroups {
  const created: Readonly<Record<ObjectName, Map<string, PropertyGroup>>> = perObject(() => new Map());
  const standard = (object: ObjectName): readonly PropertyGroup[] => {
    const { callPropertyGroups } = config.current();
    const names = object === "calls" ? callPropertyGroups : [mainGroup(object, { callPropertyGroups })];
    return names.map((name, displayOrder) => ({ name, label: name, displayOrder, archived: false }));
  };
  const list = (object: ObjectName): readonly PropertyGroup[] => [...standard(object), ...created[object].values()];
  const find = (object: ObjectName, name: string): PropertyGroup => {
    const group = list(object).find((candidate) => candidate.name === name);
    if (group === undefined) throw notFound(`Property group '${name}' does not exist.`);
    return group;
  };
  const own = (object: ObjectName, name: string): PropertyGroup => {
    const group = find(object, name);
    if (!created[object].has(name))
      throw invalid(`Property group '${name}' is defined by HubSpot and cannot be changed.`);
    return group;
  };
  return {
    list,
    find,
    require: (object, name) => {
      if (!list(object).some((group) => group.name === name))
        throw invalid(`Property group '${name}' does not exist.`, { context: { groupName: [name] } });
    },
    create: (object, input) => {
      if (list(object).some(({ name }) => name === input.name)) {
        throw new Refusal(409, "OBJECT_ALREADY_EXISTS", `A property group named '${input.name}' already exists.`);
      }
      const group = { name: input.name, label: input.label, displayOrder: input.displayOrder ?? -1, archived: false };
      created[object].set(group.name, group);
      return group;
    },
    update: (object, name, input) => {
      const before = own(object, name);
      const group = {
        ...before,
        label: input.label ?? before.label,
        displayOrder: input.displayOrder ?? before.displayOrder,
      };
      created[object].set(name, group);
      return group;
    },
    archive: (object, name) => {
      own(object, name);
      if (isUsed(object, name)) throw invalid(`Property group '${name}' still has properties and cannot be deleted.`);
      created[object].delete(name);
    },
    clear: () => {
      for (const object of objectNames) created[object].clear();
    },
  };
}
