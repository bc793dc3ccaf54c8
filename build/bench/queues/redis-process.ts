import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** Debian: `redis-server`. */
export const hasRedis = (): boolean =>
  spawnSync("redis-server", ["--version"], { stdio: "ignore" }).error === undefined;

/** A port of loopback that is free at this moment. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** A redis-server on loopback; resolves when it can be asked. */
export async function launchRedis(args: readonly string[], isUp: () => Promise<boolean>): Promise<ChildProcess> {
  const server = spawn("redis-server", ["--bind", "127.0.0.1", "--save", "", ...args], { stdio: "ignore" });
  while (!(await isUp())) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    await sleep(20);
  }
  return server;
}

export type RedisProcess = Readonly<{
  port: number;
  /** CPU time that the server took so far, ms. */
  cpuMs(): Promise<number>;
  empty(): Promise<void>;
  close(): Promise<void>;
}>;

/** A redis-server of its own that keeps what it is told as bullmq advises: an append-only file, written out each second. */
export async function startRedisProcess(folder: string): Promise<RedisProcess> {
  await mkdir(folder, { recursive: true });
  const port = await findPort();
  const client = new Redis({ host: "127.0.0.1", port, lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => undefined);
  const args = ["--port", String(port), "--dir", folder, "--appendonly", "yes", "--appendfsync", "everysec"];
  const server = await launchRedis(args, () =>
    client.connect().then(
      () => true,
      () => false,
    ),
  );
  return {
    port,
    async cpuMs() {
      const told = await client.info("cpu");
      const read = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(told)?.[1]);
      return (read("used_cpu_user") + read("used_cpu_sys")) * 1_000;
    },
    empty: async () => void (await client.flushall()),
    async close() {
      client.disconnect();
      server.kill();
      await once(server, "exit");
    },
  };
}
