import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openZoho } from "./zoho-client.ts";

const zoho = await openZoho();
const here = new URL(".", import.meta.url);

test("every configuration key is set by a test of this folder", async () => {
  const keys = Object.keys(await zoho.config({}));
  const tests = readdirSync(here)
    .filter((name) => /^zoho-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, here), "utf8"))
    .join("\n");
  // Keys are set by name, or by a shorthand property of the same name.
  const untested = keys.filter((key) => !new RegExp(`\\b${key}\\b(:| \\}|,)`).test(tests));
  expect(keys.length).toBeGreaterThan(70);
  expect(untested).toEqual([]);
});

test("the defaults are those of the documents", async () => {
  expect(await zoho.config({})).toMatchObject({
    plan: "enterprise",
    seats: 10,
    searchLagMs: 15_000,
    accessTokenTtlMs: 3_600_000,
    perMinuteLimit: null,
    dataCentre: "eu",
    callDurationUnit: "hh:mm",
    uniqueOnCalls: true,
    callsUpsert: false,
    customFields: {},
  });
});

test("an unknown key, a wrong type and a name that is none change nothing and are named", async () => {
  const refused = async (patch: object) => {
    const reply = await zoho.admin("POST", "/zoho/config", { seats: 99, ...patch });
    return [reply.status, reply.body.error];
  };
  expect(await refused({ nothing: 1 })).toEqual([400, expect.stringContaining('"nothing"')]);
  expect(await refused({ plan: "gold" })).toEqual([400, expect.stringContaining('"plan"')]);
  expect(await refused({ dataCentre: "xx" })).toEqual([400, expect.stringContaining('"dataCentre"')]);
  expect(await refused({ orgTimeZone: "Nowhere" })).toEqual([400, expect.stringContaining('"orgTimeZone"')]);
  expect((await zoho.config({})).seats).toBe(10);
});

test("a reset forgets records, fields, tokens and settings", async () => {
  await zoho.createKey();
  await zoho.seed("Contacts", { Last_Name: "Muster" });
  await zoho.config({ seats: 99 });
  await zoho.admin("POST", "/reset");
  expect(await zoho.records("Contacts")).toEqual([]);
  expect((await zoho.config({})).seats).toBe(10);
  const { fields } = (await zoho.crm("GET", "settings/fields?module=Calls")).body;
  expect(fields.map(({ api_name }: any) => api_name)).not.toContain("Call_Sync_Key");
});
