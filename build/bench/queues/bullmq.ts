import { performance } from "node:perf_hooks";
import { Queue, Worker } from "bullmq";
import { toCallInput } from "../call-input.ts";
import { samplePayload } from "./sample-payload.ts";

/**
 * A queue in Redis by the package bullmq. Without a CRM its jobs do nothing; with one, each posts a call by `fetch`.
 *
 *   node build/bench/queues/bullmq.ts JOBS REDIS_PORT [BASE_URL TOKEN]
 */
const [count, redis, baseUrl, token] = process.argv.slice(2);
if (count === undefined || redis === undefined) throw new Error("usage: bullmq.ts JOBS REDIS_PORT [BASE_URL TOKEN]");
const jobs = Number(count);
const connection = { host: "127.0.0.1", port: Number(redis) };
const concurrency = 10;

async function post(index: number): Promise<void> {
  const answer = await fetch(`${baseUrl}/crm/v3/objects/calls`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(toCallInput(index)),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`the sandbox answered ${answer.status}: ${text.slice(0, 300)}`);
}

const queue = new Queue("calls", { connection });
for (let from = 0; from < jobs; from += 1_000)
  await queue.addBulk(
    Array.from({ length: Math.min(1_000, jobs - from) }, (_, index) => ({
      name: "call",
      data: { index: from + index, payload: samplePayload(from + index) },
    })),
  );

const { promise: all, resolve, reject } = Promise.withResolvers<undefined>();
let done = 0;
const cpuAtStart = process.cpuUsage();
const startedAt = performance.now();
const worker = new Worker<{ index: number }>(
  "calls",
  async ({ data }) => {
    if (baseUrl !== undefined) await post(data.index);
  },
  { connection, concurrency },
);
worker.on("completed", () => {
  done += 1;
  if (done === jobs) resolve(undefined);
});
worker.on("failed", (_job, error) => reject(error));
await all;
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuAtStart);
await worker.close();
await queue.close();
console.log(JSON.stringify({ done, delivered: done, ms, cpuMs: (user + system) / 1_000 }));
