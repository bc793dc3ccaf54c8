import { beforeEach, describe, expect, test } from "vitest";
import { findAuditKey } from "../../../../src-main/engine/secrets/audit-key.ts";
import { createKeychain, type Keytar } from "../../../../src-main/engine/secrets/keychain.ts";
import { createVirtualClock, type VirtualClock } from "../../../builders/virtual-clock.ts";

const account = "ledger-1/audit";
const other = "cd".repeat(32);

let clock: VirtualClock;
let entries: Map<string, string>;

beforeEach(() => {
  clock = createVirtualClock();
  entries = new Map();
});

function find(ask: Readonly<{ mayCreate: boolean }>, keytar: Partial<Keytar> = {}, isOff = false) {
  const inMemory: Keytar = {
    getPassword: async (_service, name) => entries.get(name) ?? null,
    setPassword: async (_service, name, text) => void entries.set(name, text),
    deletePassword: async (_service, name) => entries.delete(name),
    ...keytar,
  };
  const load = () => Promise.resolve(inMemory);
  const keychain = createKeychain({ platform: "linux", clock, isOff, load });
  const random = { next: () => 0, hex: (count: number) => "ab".repeat(count) };
  return findAuditKey({ keychain, ledger: "ledger-1", clock, random }, ask);
}
const toText = (key: Uint8Array | undefined) => (key === undefined ? undefined : Buffer.from(key).toString("hex"));

describe("the audit's key", () => {
  test("is made once, of 32 random bytes, and found again", async () => {
    expect(toText(await find({ mayCreate: true }))).toBe("ab".repeat(32));
    entries.set(account, other);
    expect(toText(await find({ mayCreate: true }))).toBe(other);
    expect([...entries.keys()]).toEqual([account]);
  });

  test("is not made for a log that another key protects, nor beside an entry that makes no sense", async () => {
    expect(await find({ mayCreate: false })).toBeUndefined();
    entries.set(account, "something else");
    expect(await find({ mayCreate: true })).toBeUndefined();
    expect(entries.get(account)).toBe("something else");
  });

  test("is not at hand without a keychain, where it is switched off, or where it cannot be written", async () => {
    const refuse = () => Promise.reject(new Error("no keychain"));
    expect(await find({ mayCreate: true }, { getPassword: refuse })).toBeUndefined();
    expect(await find({ mayCreate: true }, { setPassword: refuse })).toBeUndefined();
    expect(await find({ mayCreate: true }, {}, true)).toBeUndefined();
    expect(entries.size).toBe(0);
  });

  test("is not waited for while a person types the password of a keyring", async () => {
    const found = find({ mayCreate: true }, { getPassword: () => new Promise(() => undefined) });
    await clock.advance(3_000);
    expect(await found).toBeUndefined();
  });
});
