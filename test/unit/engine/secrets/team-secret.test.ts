import { expect, test } from "vitest";
import { createKeychain } from "../../../../src-main/engine/secrets/keychain.ts";
import { createTeamSecret } from "../../../../src-main/engine/secrets/team-secret.ts";
import { createVirtualClock } from "../../../builders/virtual-clock.ts";

function aVault(environment: Readonly<Record<string, string>> = {}) {
  const entries = new Map<string, string>();
  const known: string[] = [];
  const keychain = createKeychain({
    platform: "linux",
    clock: createVirtualClock(),
    load: async () => ({
      getPassword: async (_service, account) => entries.get(account) ?? null,
      setPassword: async (_service, account, text) => void entries.set(account, text),
      deletePassword: async (_service, account) => entries.delete(account),
    }),
  });
  const know = (secret: string): void => void known.push(secret);
  return { entries, known, vault: createTeamSecret({ keychain, ledger: "ledger", environment, know }) };
}

test("the password of the Redis lives in the keychain under the ledger's name, and every log knows to leave it out", async () => {
  const { entries, known, vault } = aVault();
  expect(await vault.write("planted-secret")).toEqual({ ok: true, value: null });
  expect([...entries]).toEqual([["ledger/team-redis", "planted-secret"]]);
  expect(await vault.read({ kind: "keychain" })).toEqual({ ok: true, value: "planted-secret" });
  expect(known).toContain("planted-secret");
  await vault.remove();
  expect(await vault.read({ kind: "keychain" })).toMatchObject({ ok: false, fault: { kind: "missing" } });
});

test("a named variable serves too, and one that is empty is told by its name", async () => {
  const { known, vault } = aVault({ REDIS_SECRET: "planted-secret" });
  expect(await vault.read({ kind: "env", name: "REDIS_SECRET" })).toEqual({ ok: true, value: "planted-secret" });
  expect(known).toEqual(["planted-secret"]);
  expect(await vault.read({ kind: "env", name: "OTHER" })).toMatchObject({
    ok: false,
    fault: { message: "the environment variable OTHER is not set or is empty" },
  });
  expect(await vault.read({ kind: "none" })).toEqual({ ok: true, value: null });
});
