import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Credential } from "../../../src-main/engine/ports/credential-vault.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createEnvVault } from "../../../src-main/engine/secrets/env-vault.ts";
import { createKeychain, type Keytar } from "../../../src-main/engine/secrets/keychain.ts";
import { createKeychainVault } from "../../../src-main/engine/secrets/keychain-vault.ts";
import { createVault } from "../../../src-main/engine/secrets/vault.ts";
import { systemClock } from "../../../src-main/engine/main.ts";
import { startSalesforce, type SalesforceStage } from "../../builders/salesforce-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

/** A keychain in memory: the port is keytar's. */
function createMemoryKeytar(): Keytar {
  const entries = new Map<string, string>();
  return {
    getPassword: async (_service, account) => entries.get(account) ?? null,
    setPassword: async (_service, account, text) => void entries.set(account, text),
    deletePassword: async (_service, account) => entries.delete(account),
  };
}

const source = { kind: "keychain" } as const;

describe("several connectors of one integration whose refresh token dies when it is used", () => {
  let org: SalesforceStage;
  let http: Http;
  let session: UnpacedSession;
  let vault: ReturnType<typeof createVault>;

  beforeAll(async () => {
    org = await startSalesforce();
    http = createUndiciHttp();
  });
  beforeEach(async () => {
    await org.reset();
    await org.admin.configure({ rotateRefreshTokens: true });
    session = createUnpacedSession({ http, baseUrl: org.baseUrl });
    const keychain = createKeychain({
      platform: process.platform,
      clock: systemClock,
      load: () => Promise.resolve(keytar),
    });
    const keytar = createMemoryKeytar();
    const inKeychain = createKeychainVault({ keychain, ledger: "one", maxCharacters: 1_280 });
    vault = createVault({ env: createEnvVault({}), keychain: inKeychain });
    const { clientId, refreshToken } = org.app;
    await vault.write(1, source, { clientId, refreshToken });
  });
  afterAll(async () => {
    await http.close();
    await org.close();
  });

  const open = (): Connector =>
    org.open({
      credential: () => vault.read(1, source),
      saveCredential: async (credential) => (await vault.write(1, source, credential)).ok,
      renewAlone: (work) => vault.alone(1, work),
    });
  const signIns = (): number => session.sent.filter(({ request }) => request.path.includes("/oauth2/token")).length;
  const stored = async (): Promise<Credential> => {
    const read = await vault.read(1, source);
    if (!read.ok) throw new Error(read.fault.message);
    return read.value;
  };

  test("sign in once between them, at the start and when the token has expired", async () => {
    const connectors = [open(), open(), open()];
    const all = () => Promise.all(connectors.map((connector) => connector.owners(session)));
    expect((await all()).map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(signIns()).toBe(1);
    await org.admin.advance(7_200_000);
    expect((await all()).map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(signIns()).toBe(2);
  });

  test("take a credential that a person gave meanwhile, and never put the old one in its place", async () => {
    const connector = open();
    await connector.owners(session);
    const given = { token: org.token };
    await vault.alone(1, () => vault.write(1, source, given));
    await org.admin.advance(7_200_000);
    expect(await connector.owners(session)).toMatchObject({ ok: true });
    expect(signIns()).toBe(1);
    expect(await stored()).toEqual(given);
  });

  test("a rotation that could not be kept is not used", async () => {
    const before = await stored();
    const refusing = org.open({
      credential: () => vault.read(1, source),
      saveCredential: () => Promise.resolve(false),
      renewAlone: (work) => vault.alone(1, work),
    });
    expect(await refusing.owners(session)).toMatchObject({ ok: false, fault: { reason: "setup_missing" } });
    expect(session.sent.filter(({ request }) => request.path.startsWith("/services/data"))).toEqual([]);
    expect(await stored()).toEqual(before);
  });
});
