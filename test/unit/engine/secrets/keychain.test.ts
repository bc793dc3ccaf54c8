import { expect, test } from "vitest";
import { createKeychain, type Keytar } from "../../../../src-main/engine/secrets/keychain.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const open = (keytar: Partial<Keytar> | Error, platform: NodeJS.Platform = "linux") => {
  const clock = createVirtualClock(0);
  const nothing: Keytar = {
    getPassword: () => Promise.resolve(null),
    setPassword: () => Promise.resolve(),
    deletePassword: () => Promise.resolve(false),
  };
  const load = () => (keytar instanceof Error ? Promise.reject(keytar) : Promise.resolve({ ...nothing, ...keytar }));
  return { clock, keychain: createKeychain({ platform, clock, load }) };
};

test("a library that is not there is told with the packages to install", async () => {
  const { keychain } = open(new Error("Failed to load keytar native addon"));
  expect(await keychain.get("a")).toMatchObject({
    ok: false,
    fault: { kind: "unavailable", message: expect.stringContaining("apt-get install libsecret-1-0 gnome-keyring") },
  });
});

test.each([
  ["linux", "gnome-keyring-daemon --unlock"],
  ["darwin", "Keychain Access"],
  ["win32", "Credential Manager"],
] as const)("a keychain of %s that refuses is told in its own words, with what to do", async (platform, fix) => {
  const { keychain } = open({ setPassword: () => Promise.reject(new Error("it is locked\nmore")) }, platform);
  const stored = await keychain.set("a", "secret-text");
  expect(stored).toMatchObject({ ok: false, fault: { kind: "unavailable", message: expect.stringContaining(fix) } });
  expect(JSON.stringify(stored)).toContain("(it is locked)");
  expect(JSON.stringify(stored)).not.toContain("secret-text");
});

test("a keychain that never answers is given up after a minute, and what waits behind it is not done later", async () => {
  const hanging = Promise.withResolvers<string | null>();
  const written: string[] = [];
  const { keychain, clock } = open({
    getPassword: () => hanging.promise,
    setPassword: async (_service, account) => void written.push(account),
  });
  const asked = [keychain.get("a"), keychain.set("b", "x")];
  // Both are in line.
  await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(60_000);
  for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ ok: false });
  hanging.resolve("late");
  expect(await keychain.set("c", "x")).toEqual({ ok: true, value: null });
  expect(written).toEqual(["c"]);
});

test("a prompt that nobody answers is waited for once: who asks behind it waits for the rest of its minute, later ones not at all", async () => {
  const prompt = Promise.withResolvers<void>();
  const { keychain, clock } = open({ setPassword: () => prompt.promise });
  const first = keychain.set("a", "x");
  await clock.advance(59_000);
  const second = keychain.get("b");
  await clock.advance(1_000);
  for (const answer of [await first, await second, await keychain.delete("c")])
    expect(answer).toMatchObject({
      ok: false,
      fault: { kind: "unavailable", message: expect.stringContaining("did not answer within 60 s") },
    });
  prompt.resolve();
  expect(await keychain.get("d")).toEqual({ ok: true, value: null });
});

test("prompts that are answered one after another have a minute each", async () => {
  const prompts = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const { keychain, clock } = open({ setPassword: () => prompts[(asked += 1) - 1]?.promise ?? Promise.resolve() });
  const answers = [keychain.set("a", "x"), keychain.set("b", "x")];
  for (const prompt of prompts) {
    await clock.advance(50_000);
    prompt.resolve();
  }
  for (const answer of await Promise.all(answers)) expect(answer).toEqual({ ok: true, value: null });
});

test("one request at a time reaches the keychain", async () => {
  let running = 0;
  let most = 0;
  const { keychain } = open({
    getPassword: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return "x";
    },
  });
  const answers = await Promise.all(["a", "b", "c"].map((account) => keychain.get(account)));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(most).toBe(1);
});
