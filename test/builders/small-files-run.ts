import { join } from "node:path";
import { toAsteriskLine } from "./asterisk-row.ts";
import { startFileWriter } from "./file-writer.ts";
import { createSeededRandom } from "./log-fuzzer/seeded-random.ts";
import { createWatchedAgent, type Tables } from "./watched-agent.ts";

export type SmallFilesAsk = Readonly<{ files: number; stops: number; seed: number }>;

/** How many of the files are there before the writer answers again. */
const orderedAtOnce = 50;

/**
 * A second process writes one-call files into a watched folder, in sub-folders by the thousand, while the agent is started
 * and stopped, every other time by SIGKILL, after a random number of calls. Ends when all is read and the agent has stopped.
 */
export async function runSmallFiles({ files, stops, seed }: SmallFilesAsk): Promise<Tables & { stops: number }> {
  const agent = createWatchedAgent();
  const writer = await startFileWriter();
  const random = createSeededRandom(seed, 0);
  try {
    await agent.addSource();
    const text = `${toAsteriskLine({ uniqueid: "17488{n}.{n}" })}\n`;
    const writing = (async (): Promise<void> => {
      for (let from = 0; from < files; from += orderedAtOnce) {
        const count = Math.min(orderedAtOnce, files - from);
        const folder = join(agent.logs, `day-${Math.floor(from / 1000)}`);
        await writer.order({ do: "many", path: join(folder, "call-{n}.csv"), text, from: 10_000 + from, count });
      }
    })();
    // A failed order shows where it is waited for.
    writing.catch(() => undefined);
    let stopped = 0;
    while (agent.tables().calls < files) {
      const running = agent.start();
      const share = files / (stops + 1);
      const target = agent.tables().calls + (stopped < stops ? 1 + random.below(Math.ceil(share)) : files);
      await agent.until(() => agent.tables().calls >= Math.min(target, files), running);
      running.child.kill(stopped % 2 === 0 ? "SIGKILL" : "SIGTERM");
      await running.finished;
      stopped += 1;
    }
    await writing;
    // Once more over everything that is there: the files that come last are read last.
    await writer.order({ do: "write", path: join(agent.logs, "the-last.csv"), text: text.replaceAll("{n}", "9") });
    const last = agent.start();
    await agent.until(() => agent.tables().calls > files, last);
    last.child.kill("SIGTERM");
    await last.finished;
    return { ...agent.tables(), stops: stopped };
  } finally {
    await writer.stop();
    agent.close();
  }
}
