import { expect, test } from "vitest";
import { createEnvVault } from "../../../../src-main/engine/secrets/env-vault.ts";
import { createKeychain } from "../../../../src-main/engine/secrets/keychain.ts";
import { createKeychainVault } from "../../../../src-main/engine/secrets/keychain-vault.ts";
import { createVault } from "../../../../src-main/engine/secrets/vault.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

const source = { kind: "env", name: "CRM_KEY" } as const;
const noKeychain = createKeychain({
  platform: "linux",
  clock: createVirtualClock(0),
  load: () => Promise.reject(new Error("libsecret-1.so.0: cannot open shared object file")),
});
const vault = createVault({
  env: createEnvVault({ CRM_KEY: "pat-1" }),
  keychain: createKeychainVault({ keychain: noKeychain, ledger: "one", maxCharacters: 1_280 }),
});

test("a machine without a keychain works with variables, which are never written", async () => {
  expect(await vault.read(1, source)).toEqual({ ok: true, value: { token: "pat-1" } });
  expect(await vault.write(1, source, { token: "x" })).toMatchObject({ ok: false, fault: { kind: "read_only" } });
  expect(await vault.remove(1, source)).toEqual({ ok: true, value: null });
  expect(await vault.read(1, source)).toEqual({ ok: true, value: { token: "pat-1" } });
  expect(await vault.read(1, { kind: "keychain" })).toMatchObject({ ok: false, fault: { kind: "unavailable" } });
});

test("one at a time renews an integration's credential, whatever became of the one before", async () => {
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until: Promise<void>) => async () => {
    order.push(`${name} begins`);
    await until;
    order.push(`${name} ends`);
  };
  const one = vault.alone(1, work("one", first.promise));
  const two = vault.alone(1, work("two", Promise.resolve()));
  await vault.alone(2, work("other", Promise.resolve()));
  first.reject(new Error("a bug"));
  await expect(one).rejects.toThrow("a bug");
  await two;
  expect(order).toEqual(["one begins", "other begins", "other ends", "two begins", "two ends"]);
});
