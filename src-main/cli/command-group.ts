import type { Command } from "commander";
import { badUsage } from "./cli-fault.ts";

/** A group named alone shows its list, where it has one; a name that it does not have is refused with those that it has. */
export function orderGroup(group: Command, list?: () => Promise<void>): void {
  group.allowExcessArguments().action(async () => {
    const [name] = group.args;
    if (name === undefined && list !== undefined) return list();
    const known = group.commands.map((each) => each.name()).join(", ");
    if (name === undefined)
      throw badUsage(`Which command of ${group.name()}? ${known}. See callledger ${group.name()} --help.`);
    throw badUsage(`Unknown command '${group.name()} ${name}'. Commands of ${group.name()}: ${known}.`);
  });
}
