import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openRedisLine } from "../../../src-main/engine/team/redis-line.ts";
import { createTeamLink, type LinkState } from "../../../src-main/engine/team/team-link.ts";
import { hasRedis, startRedis } from "../../builders/redis-server.ts";
import { realClock } from "../../builders/sync-rig.ts";
import { until } from "../../builders/team-pc.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const certificate = readFileSync(fixture("loopback-cert.pem"), "utf8");
const nothing = JSON.stringify({ m: "m", pc: "p", share: 1, win: {}, take: [], drop: [], done: [], book: [], obs: [] });

describe.skipIf(!hasRedis)("the way to a real Redis", () => {
  test("rediss: speaks TLS with a Redis whose certificate this PC trusts, and with no other", async () => {
    const files = ["--tls-cert-file", fixture("loopback-cert.pem"), "--tls-key-file", fixture("loopback-key.pem")];
    const plain = await startRedis();
    const port = plain.port;
    await plain.close();
    const redis = await startRedis([...files, "--tls-port", String(port), "--tls-auth-clients", "no"]);
    try {
      const url = `rediss://localhost:${port}`;
      const line = await openRedisLine({ url, password: null, trusted: () => [certificate] });
      expect(JSON.parse(await line.visit("callledger:team:1:{test}", nothing))).toEqual({ lost: true });
      line.close();
      await expect(openRedisLine({ url, password: null, trusted: () => [] })).rejects.toThrow(/certificate/);
    } finally {
      await redis.close();
    }
  });

  test("it is down when Redis stops, with the moment and the reason, and up by itself when it is back", async () => {
    const redis = await startRedis();
    const states: LinkState[] = [];
    const link = createTeamLink({
      clock: realClock,
      open: openRedisLine,
      target: async () => ({ ok: true, value: { url: redis.url, password: null, trusted: () => [] } }),
    });
    link.listen((state) => states.push(state));
    try {
      await until(() => link.state().kind === "up");
      await redis.stop();
      await until(() => link.state().kind === "down");
      expect(await link.visit("key", nothing)).toBeNull();
      await until(() =>
        states.some((state) => state.kind === "down" && state.problem === "nothing listens at its address"),
      );
      const downs = states.filter((state) => state.kind === "down");
      expect(new Set(downs.map(({ since }) => since)).size).toBe(1);
      await redis.start();
      await until(() => link.state().kind === "up");
      expect(await link.visit("key", nothing)).toBe('{"lost":true}');
    } finally {
      await link.close();
      await redis.close();
    }
  });

  test("a Redis that hangs is down as soon as an answer is late", async () => {
    const redis = await startRedis();
    const link = createTeamLink({
      clock: { ...realClock, sleep: (ms, signal) => realClock.sleep(ms / 10, signal) },
      open: openRedisLine,
      target: async () => ({ ok: true, value: { url: redis.url, password: null, trusted: () => [] } }),
    });
    try {
      await until(() => link.state().kind === "up");
      await redis.command("CLIENT", "PAUSE", "2000");
      expect(await link.visit("key", nothing)).toBeNull();
      expect(link.state()).toMatchObject({ kind: "down", problem: "it does not answer" });
      await redis.command("CLIENT", "UNPAUSE");
      await until(() => link.state().kind === "up");
    } finally {
      await link.close();
      await redis.close();
    }
  });

  test("a user without the right to run the script is told which rights it lacks, and with them it may", async () => {
    const redis = await startRedis();
    try {
      await redis.command("ACL", "SETUSER", "small", "on", ">planted-secret", "+get", "+ping", "~*");
      const url = redis.url.replace("redis://", "redis://small@");
      await expect(openRedisLine({ url, password: "planted-secret", trusted: () => [] })).rejects.toThrow(/may not do/);
      await expect(openRedisLine({ url, password: "wrong", trusted: () => [] })).rejects.toThrow(/refuses the user/);
      const rights = ["+eval", "+evalsha", "+script|load", "+get", "+set", "+time", "+info", "~callledger:*"];
      await redis.command("ACL", "SETUSER", "enough", "on", ">planted-secret", ...rights);
      const line = await openRedisLine({
        url: redis.url.replace("redis://", "redis://enough@"),
        password: "planted-secret",
        trusted: () => [],
      });
      const join = { back: false, roster: [], roll: {}, hours: {}, open: {} };
      const joining = JSON.stringify({ ...JSON.parse(nothing), join, bye: true });
      expect(JSON.parse(await line.visit("callledger:team:1:{test}", joining))).toMatchObject({ take: {} });
      line.close();
    } finally {
      await redis.close();
    }
  });
});
