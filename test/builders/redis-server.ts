import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { findPort, hasRedis as isInstalled, launchRedis } from "../../build/bench/queues/redis-process.ts";

/** Debian: `redis-server`. Without it the tests of team mode are not run, and listed. */
export const hasRedis: boolean = isInstalled();

export type RealRedis = Readonly<{
  port: number;
  url: string;
  /** As `redis-cli` would. */
  command(...words: readonly string[]): Promise<unknown>;
  /** Ends at once, as a crash does, or with its data saved, as `SHUTDOWN SAVE` does. */
  stop(how?: "crash" | "save"): Promise<void>;
  /** On the same port; with what was saved, where something was. */
  start(): Promise<void>;
  /** Changes the one state that the key pattern finds, by Lua on the table `s`, at once. */
  edit(lua: string): Promise<void>;
  close(): Promise<void>;
}>;

/** A real redis-server of its own on loopback, with an empty data folder. */
export async function startRedis(options: readonly string[] = [], password?: string): Promise<RealRedis> {
  const port = await findPort();
  const dir = mkdtempSync(join(tmpdir(), "callledger-redis-"));
  let server: ChildProcess | undefined;
  const connect = async () => {
    const client = createClient({
      socket: { host: "127.0.0.1", port, reconnectStrategy: false },
      RESP: 2,
      ...(password === undefined ? {} : { password }),
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const command: RealRedis["command"] = async (...words) => {
    const client = await connect();
    try {
      return await client.sendCommand([...words]);
    } finally {
      client.destroy();
    }
  };
  const start = async (): Promise<void> => {
    const secret = password === undefined ? [] : ["--requirepass", password];
    server = await launchRedis(
      ["--port", String(port), "--dir", dir, ...options, ...secret],
      async () => (await command("PING").catch(() => "")) === "PONG",
    );
  };
  const stop = async (how: "crash" | "save" = "crash"): Promise<void> => {
    const running = server;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, "exit");
    if (how === "save") await command("SHUTDOWN", "SAVE").catch(() => undefined);
    else running.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command,
    stop,
    start,
    edit: async (lua) => {
      const text = `local done = 0
        for _, key in ipairs(redis.call('KEYS', 'callledger:team:*')) do
          local s = cjson.decode(redis.call('GET', key))
          ${lua}
          redis.call('SET', key, cjson.encode(s), 'KEEPTTL')
          done = done + 1
        end
        return done`;
      if (Number(await command("EVAL", text, "0")) === 0) throw new Error("there is no state to change");
    },
    close: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
