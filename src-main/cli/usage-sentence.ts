import type { Command, CommanderError } from "commander";

/** What is wrong with a command line, in one line, with the nearest names or where to read on. */
export function toUsageSentence(error: CommanderError, program: Command): string {
  const names = program.commands.map((each) => each.name()).join(", ");
  // A group without a subcommand: commander would print its help.
  if (error.code === "commander.help") return `Which command? ${names}. See callledger --help.`;
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/[.\s]*$/, "")}.`;
  const hint = rest.join(" ").replace(/^\(|\)$/g, "");
  if (hint !== "") return `${sentence} ${hint}`;
  return error.code === "commander.unknownCommand"
    ? `${sentence} Commands: ${names}.`
    : `${sentence} The command's own --help has examples.`;
}
