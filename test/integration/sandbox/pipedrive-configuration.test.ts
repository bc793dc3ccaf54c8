import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startSandbox } from "../../../src-main/sandbox/main.ts";
import { openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const here = new URL(".", import.meta.url);

test("every configuration key is set by a test of this folder", async () => {
  const keys = Object.keys(await pipedrive.config({}));
  const tests = readdirSync(here)
    .filter((name) => /^pipedrive-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, here), "utf8"))
    .join("\n");
  // Keys are set by name, or by a shorthand property of the same name.
  const untested = keys.filter((key) => !new RegExp(`\\b${key}\\b(:| \\}|,)`).test(tests));
  expect(keys.length).toBeGreaterThan(55);
  expect(untested).toEqual([]);
});

test("every configuration key is documented, and no other", async () => {
  const keys = Object.keys(await pipedrive.config({}));
  const page = readFileSync(new URL("../../../docs/sandbox/pipedrive.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((found) => found[1] ?? ""),
  );
  expect(documented.toSorted()).toEqual(keys.toSorted());
});

test("the defaults are those of the documents", async () => {
  expect(await pipedrive.config({})).toMatchObject({
    plan: "growth",
    seats: 5,
    dailyLimit: null,
    searchLagMs: 10_000,
    readLagMs: 0,
    plainTokenTtlMs: null,
    accessTokenTtlMs: 3_599_000,
    tokenKind: "api",
    burstLimit: null,
    searchBurstLimit: 10,
    serverTimeZone: "UTC",
    dailyHeaders: true,
    cloudflareAfter: 30,
    cloudflareBlockMs: 300_000,
    purgeAfterMs: 2_592_000_000,
    callLogSecondPost: "duplicate",
    callLogOrder: "newestFirst",
    recordingUrlField: "ignored",
    createStatus: 200,
    activityDefaults: true,
    noteSanitiser: "unknownTags",
    noteMaxLength: 65_536,
    requiredFieldsEnforced: false,
    searchTokenisesPunctuation: true,
    activityFilter: false,
    cursorTtlMs: null,
    recentsShowsDeleted: true,
    softDeletedGet: "object",
    deletedParticipant: 400,
    mergeSurvivor: "merge_with_id",
    notFoundCode: "ERR_NOT_FOUND",
    dailyRetryAfter: true,
    burstText: "request over limit",
    tokenErrorKeys: "error,message",
    pkce: false,
    queryToken: false,
    retiredV1: 410,
  });
});

test("an unknown key, a wrong type and a name that is none change nothing and are named", async () => {
  const refused = async (patch: object) => {
    const reply = await pipedrive.admin("POST", "/pipedrive/config", { seats: 99, ...patch });
    return [reply.status, reply.body.error];
  };
  expect(await refused({ nothing: 1 })).toEqual([400, expect.stringContaining('"nothing"')]);
  expect(await refused({ plan: "gold" })).toEqual([400, expect.stringContaining('"plan"')]);
  expect(await refused({ createStatus: 204 })).toEqual([400, expect.stringContaining('"createStatus"')]);
  expect(await refused({ serverTimeZone: "Nowhere" })).toEqual([400, expect.stringContaining('"serverTimeZone"')]);
  expect((await pipedrive.config({})).seats).toBe(5);
});

test("a reset forgets records, fields, filters, webhooks and settings", async () => {
  await pipedrive.config({ activityFilter: true, seats: 9 });
  await pipedrive.ok("POST", "personFields", { field_name: "Made", field_type: "varchar" });
  await pipedrive.ok("POST", "persons", { name: "Jane" });
  await pipedrive.admin("POST", "/reset");
  expect(await pipedrive.records("persons")).toEqual([]);
  expect((await pipedrive.config({})).seats).toBe(5);
  const names = (await pipedrive.ok("GET", "personFields?limit=500")).map((field: any) => field.field_name);
  expect(names).not.toContain("Made");
  expect((await pipedrive.ok("POST", "persons", { name: "Jane" })).id).toBe(1);
});

test("the demo seeds people with their numbers and companies, and refuses a call that is too long", async () => {
  const demo = await startSandbox({ demo: true });
  try {
    const { baseUrl = "", token = "" } = demo.pipedrive ?? {};
    const ask = async (method: string, path: string, body?: object): Promise<any> => {
      const answer = await fetch(`${baseUrl}/api/v2/${path}`, {
        method,
        headers: { "x-api-token": token, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    };
    const { data } = (await ask("GET", "persons?limit=500")).body;
    expect(data).toHaveLength(19);
    expect(data[0]).toMatchObject({
      name: "Priya Example",
      org_id: 1,
      phones: [{ value: "+44 7700 900134", label: "mobile" }],
    });
    expect((await ask("POST", "activities", { subject: "Call", duration: "01:23" })).status).toBe(200);
    expect((await ask("POST", "activities", { subject: "Call", duration: "01:24" })).status).toBe(400);
  } finally {
    await demo.close();
  }
});
