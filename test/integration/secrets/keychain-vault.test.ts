import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type keytarModule from "keytar";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createKeychain, keychainService, type Keychain } from "../../../src-main/engine/secrets/keychain.ts";
import { createKeychainVault, maxCharactersOf } from "../../../src-main/engine/secrets/keychain-vault.ts";
import { systemClock } from "../../../src-main/engine/main.ts";
import { hasKeyring, startKeyring, type Keyring } from "../../builders/keyring.ts";

const onWindows = maxCharactersOf("win32");
const app = { clientId: "app", clientSecret: 'Schlüssel ✓ 😀 "{}\\', refreshToken: "r-1" };
/** As long as a person's private key with what comes with it. */
const long = { ...app, privateKey: "-----BEGIN PRIVATE KEY-----\n".padEnd(4_000, "kЖ") };

describe.skipIf(!hasKeyring)("credentials in a real keyring service", () => {
  const home = mkdtempSync(join(tmpdir(), "cl-keyring-"));
  let keyring: Keyring;
  let keytar: typeof keytarModule;
  const keychain = createKeychain({ platform: process.platform, clock: systemClock });
  const open = (ask: Readonly<{ ledger?: string; maxCharacters?: number; keychain?: Keychain }> = {}) =>
    createKeychainVault({ keychain, ledger: "one", maxCharacters: onWindows, ...ask });
  const entries = () => keytar.findCredentials(keychainService);

  beforeAll(async () => {
    keyring = await startKeyring(home);
    // libsecret looks for its bus once in a process, at its first use.
    Object.assign(process.env, keyring.env);
    keytar = (await import("keytar")).default;
  });
  afterEach(async () => {
    for (const { account } of await entries()) await keytar.deletePassword(keychainService, account);
  });
  afterAll(async () => {
    await keyring.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("what is stored is found by the next start, letter by letter", async () => {
    expect(await open().read(1)).toMatchObject({ ok: false, fault: { kind: "missing" } });
    expect(await open().write(1, app)).toEqual({ ok: true, value: null });
    expect(await open().read(1)).toEqual({ ok: true, value: app });
    expect(await entries()).toHaveLength(1);
  });

  test("two ledgers on one computer do not meet, nor do two integrations", async () => {
    await open().write(1, app);
    await open().write(2, { token: "two" });
    await open({ ledger: "other" }).write(1, { token: "other" });
    expect(await open().read(1)).toEqual({ ok: true, value: app });
    await open({ ledger: "other" }).remove(1);
    expect(await open().read(1)).toEqual({ ok: true, value: app });
    expect(await open().read(2)).toEqual({ ok: true, value: { token: "two" } });
    expect(await open({ ledger: "other" }).read(1)).toMatchObject({ ok: false, fault: { kind: "missing" } });
  });

  test("a long credential is one entry where the system takes it, and several that each fit where not", async () => {
    await open({ maxCharacters: maxCharactersOf("linux") }).write(1, long);
    expect(await entries()).toHaveLength(1);
    await open().write(2, long);
    const parts = (await entries()).filter(({ account }) => account.startsWith("one/2"));
    expect(parts.length).toBeGreaterThan(4);
    for (const { password } of parts) expect(Buffer.byteLength(password, "utf16le")).toBeLessThanOrEqual(2_560);
    expect(await open().read(1)).toEqual({ ok: true, value: long });
    expect(await open().read(2)).toEqual({ ok: true, value: long });
  });

  test("a credential that became shorter, or was removed, leaves nothing behind", async () => {
    const vault = open();
    for (const credential of [long, { ...long, accessToken: "a".repeat(3_000) }, long]) {
      await vault.write(1, credential);
      expect(await vault.read(1)).toEqual({ ok: true, value: credential });
    }
    await vault.write(1, app);
    expect(await entries()).toHaveLength(1);
    await vault.write(1, long);
    expect(await vault.remove(1)).toMatchObject({ ok: true });
    expect(await entries()).toEqual([]);
    expect(await vault.remove(1)).toMatchObject({ ok: true });
  });

  test.each([1, 3, 99])(
    "a write that breaks off at entry %i leaves the old credential for the next start, and this one keeps the new",
    async (broken) => {
      await open().write(1, long);
      const rotated = { ...long, refreshToken: "r-2" };
      let written = 0;
      let isBroken = true;
      const failing: Keychain = {
        ...keychain,
        set: (account, text) => {
          written += 1;
          const isHead = account === "one/1";
          if (isBroken && (written === broken || (broken === 99 && isHead)))
            return Promise.resolve({ ok: false, fault: { kind: "unavailable", message: "no" } });
          return keychain.set(account, text);
        },
      };
      const vault = open({ keychain: failing });
      expect(await vault.write(1, rotated)).toMatchObject({ ok: false });
      expect(await open().read(1)).toEqual({ ok: true, value: long });
      isBroken = false;
      expect(await vault.read(1)).toEqual({ ok: true, value: rotated });
      expect(await open().read(1)).toEqual({ ok: true, value: rotated });
    },
  );

  test.each([
    ["no JSON", "{"],
    ["another's", '{"token":"x"}'],
    ["of a later version", '{"format":2,"credential":{"token":"x"}}'],
  ])("an entry that is %s cannot be read, is told and stays", async (_what, text) => {
    await keytar.setPassword(keychainService, "one/1", text);
    const read = await open().read(1);
    expect(read).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
    expect(JSON.stringify(read)).not.toContain("token");
    expect(await keytar.getPassword(keychainService, "one/1")).toBe(text);
  });

  test("parts that are missing or do not belong together cannot be read", async () => {
    await open().write(1, long);
    const parts = (await entries()).filter(({ account }) => /\/a\d+$/.test(account));
    const [first, second] = parts;
    if (first === undefined || second === undefined) throw new Error("it was not split");
    await keytar.setPassword(keychainService, first.account, second.password);
    expect(await open().read(1)).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
    await keytar.deletePassword(keychainService, first.account);
    expect(await open().read(1)).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
  });
});
