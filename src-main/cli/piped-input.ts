import type { ReadStream } from "node:tty";
import { badUsage } from "./cli-fault.ts";

/** A private key in JSON has some 3,000 characters. */
const maxCharacters = 100_000;

/** All that is piped in, or null from a terminal. */
export async function readPiped(input: ReadStream): Promise<string | null> {
  if (input.isTTY) return null;
  let text = "";
  input.setEncoding("utf8");
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > maxCharacters) throw badUsage("What is piped in is too long for a credential.");
  }
  return text;
}
