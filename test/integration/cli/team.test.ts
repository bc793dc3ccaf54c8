import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readEverything } from "../../builders/eavesdrop.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";
import { hasRedis, startRedis, type RealRedis } from "../../builders/redis-server.ts";
import { createCli, dropFolder, makeFolder, type Ended } from "./cli-process.ts";

/** Every command is a process of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const password = "planted-redis-password";

let folder: string;
let heard: string[];
beforeEach(async () => {
  folder = await makeFolder();
  heard = [];
});
afterEach(() => dropFolder(folder));

const dataDir = (): string => join(folder, "data");
async function command(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
  const ended = await createCli(dataDir(), env).json(...args);
  heard.push(ended.stdout, ended.stderr);
  return ended;
}
async function expectNowhere(): Promise<void> {
  expect([...heard, await readEverything(dataDir())].join("\n").includes(password)).toBe(false);
}

test("an address with a password in it is refused in words that do not repeat it", async () => {
  const refused = await command({}, "team", "set", `redis://:${password}@127.0.0.1:1`);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("CALLLEDGER_REDIS_PASSWORD") });
  expect(refused.stdout + refused.stderr).not.toContain(password);
});

describe.skipIf(!hasRedis)("with a real Redis that wants a password", () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis([], password);
  });
  afterAll(() => redis.close());

  test("team set keeps a variable's name, team show and status tell it, team remove ends it; the password is nowhere", async () => {
    const env = { REDIS_SECRET: password };
    const without = await command({}, "team", "set", redis.url);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining("it wants a password") });
    const set = await command(env, "team", "set", redis.url, "--secret-from-env", "REDIS_SECRET", "--share", "30");
    expect(set, set.stderr).toMatchObject({ code: 0 });
    const kept = { url: redis.url, secret: { kind: "env", name: "REDIS_SECRET" }, share: 30, mode: "off", since: null };
    expect((await command(env, "team", "show")).json).toMatchObject({ team: kept });
    const status = await createCli(dataDir(), env).json("status");
    expect(status.json).toMatchObject({ team: kept });
    expect(status.stderr).toContain("Team mode: set, and nothing is sent now.");
    expect(await command(env, "team", "remove")).toMatchObject({ code: 0, json: { team: null } });
    await expectNowhere();
  });

  describe.skipIf(!hasKeyring)("and with a keychain", () => {
    let keyring: Keyring;
    beforeEach(async () => {
      keyring = await startKeyring(join(folder, "home"));
    });
    afterEach(() => keyring.stop());

    test("the password goes into the keychain, and nowhere else", async () => {
      const set = await command({ ...keyring.env, CALLLEDGER_REDIS_PASSWORD: password }, "team", "set", redis.url);
      expect(set, set.stderr).toMatchObject({ code: 0, json: { team: { secret: { kind: "keychain" }, share: 50 } } });
      expect(await command(keyring.env, "team", "remove")).toMatchObject({ code: 0 });
      await expectNowhere();
    });
  });
});
