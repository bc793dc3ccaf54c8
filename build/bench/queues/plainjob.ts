import { join } from "node:path";
import { performance } from "node:perf_hooks";
import Sqlite from "better-sqlite3";
import { better, defineQueue, defineWorker } from "plainjob";
import { samplePayload } from "./sample-payload.ts";

/**
 * A queue in SQLite by the package plainjob, with jobs that do nothing.
 *
 *   node build/bench/queues/plainjob.ts JOBS FOLDER
 */
const [count, folder] = process.argv.slice(2);
if (count === undefined || folder === undefined) throw new Error("usage: plainjob.ts JOBS FOLDER");
const jobs = Number(count);

const ignore = (): void => undefined;
const logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const queue = defineQueue({ connection: better(new Sqlite(join(folder, "plainjob.db"))), logger });
for (let from = 0; from < jobs; from += 1_000)
  queue.addMany(
    "call",
    Array.from({ length: Math.min(1_000, jobs - from) }, (_, index) => samplePayload(from + index)),
  );

const { promise: all, resolve } = Promise.withResolvers<undefined>();
let done = 0;
const worker = defineWorker("call", ignore, {
  queue,
  logger,
  onCompleted: () => {
    done += 1;
    if (done === jobs) resolve(undefined);
  },
});
const cpuAtStart = process.cpuUsage();
const startedAt = performance.now();
void worker.start();
await all;
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuAtStart);
console.log(JSON.stringify({ done, ms, cpuMs: (user + system) / 1_000 }));
await worker.stop();
queue.close();
