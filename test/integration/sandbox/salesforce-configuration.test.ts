import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openSalesforce } from "./salesforce-client.ts";

const here = new URL(".", import.meta.url);

test("every configuration key is set by a test of this folder", async () => {
  const client = await openSalesforce();
  const keys = Object.keys(await client.config({}));
  await client.close();
  const tests = readdirSync(here)
    .filter((name) => /^salesforce-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, here), "utf8"))
    .join("\n");
  const untested = keys.filter((key) => !new RegExp(`\\b${key}:`).test(tests));
  expect(keys.length).toBeGreaterThan(60);
  expect(untested).toEqual([]);
});

test("unknown keys and wrong types change nothing and are named; a reset restores the defaults", async () => {
  const client = await openSalesforce();
  try {
    const before = await client.config({});
    const unknown = await client.admin("POST", "/salesforce/config", { nope: 1, seats: 5 });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("nope")]);
    const wrong = await client.admin("POST", "/salesforce/config", { plan: "free" });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("plan")]);
    expect(await client.config({})).toEqual(before);
    expect((await client.config({ seats: 5 })).seats).toBe(5);
    await client.reset();
    expect(await client.config({})).toEqual(before);
  } finally {
    await client.close();
  }
});

test("faults answer in the vendor's own form", async () => {
  const client = await openSalesforce();
  try {
    const inject = async (status: number) => {
      await client.faults([{ kind: "status", status, times: 1 }]);
      const reply = await client.org("GET", "/sobjects");
      return [reply.status, reply.body?.[0]?.errorCode ?? reply.text.slice(0, 6)];
    };
    expect(await inject(401)).toEqual([401, "INVALID_SESSION_ID"]);
    expect(await inject(500)).toEqual([500, "UNKNOWN_EXCEPTION"]);
    expect(await inject(503)).toEqual([503, "SERVER_UNAVAILABLE"]);
    expect(await inject(406)).toEqual([406, ""]);
    expect(await inject(420)).toEqual([420, "<html>"]);
    expect(await inject(429)).toEqual([429, "<html>"]);
  } finally {
    await client.close();
  }
});

test("lost and late commits of a collection can be told from missing ones by key", async () => {
  const client = await openSalesforce();
  try {
    await client.faults([{ match: { path: "composite" }, kind: "commit-late", delayMs: 5_000, times: 1 }]);
    const body = { records: [{ attributes: { type: "Task" }, CallLedger_Key__c: "cl_a", Subject: "Call" }] };
    await expect(client.org("PATCH", "/composite/sobjects/Task/CallLedger_Key__c", body)).rejects.toThrow();
    const count = async () =>
      (await client.soql("SELECT COUNT() FROM Task WHERE CallLedger_Key__c = 'cl_a'")).totalSize;
    expect(await count()).toBe(0);
    await client.advance(5_000);
    expect(await count()).toBe(1);
  } finally {
    await client.close();
  }
});
