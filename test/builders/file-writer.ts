import { once } from "node:events";
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WriterOrder } from "./file-writer-process.ts";

const program = fileURLToPath(new URL("./file-writer-process.ts", import.meta.url));

export type FileWriter = Readonly<{
  /** Has the other process do this; resolves when it is done. */
  order: (order: WriterOrder) => Promise<void>;
  stop: () => Promise<void>;
}>;

/** A process of its own that writes logs as phone systems and their tools do. */
export async function startFileWriter(): Promise<FileWriter> {
  const child: ChildProcess = fork(program, { execArgv: [] });
  let last = 0;
  const answers = new Map<number, PromiseWithResolvers<void>>();
  child.on("message", (answer: { id: number; error?: string }) => {
    const waiting = answers.get(answer.id);
    answers.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve();
    else waiting?.reject(new Error(answer.error));
  });
  child.on("exit", () => {
    for (const { reject } of answers.values()) reject(new Error("the writer ended"));
  });
  return {
    order: async (order) => {
      last += 1;
      const answer = Promise.withResolvers<void>();
      answers.set(last, answer);
      child.send({ id: last, order });
      await answer.promise;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
