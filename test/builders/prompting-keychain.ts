import { open } from "node:fs/promises";

/**
 * A keychain whose prompt nobody answers: like the system's own, each request holds one of the process's threads, here by
 * opening a pipe that nobody writes to.
 */
async function prompt(): Promise<never> {
  const path = process.env["PROMPT_PIPE"];
  if (path === undefined) throw new Error("PROMPT_PIPE names the pipe");
  const pipe = await open(path, "r");
  await pipe.close();
  throw new Error("somebody wrote to the pipe");
}

// oxlint-disable-next-line import/no-default-export -- what stands in for a package has its shape
export default { getPassword: prompt, setPassword: prompt, deletePassword: prompt };
