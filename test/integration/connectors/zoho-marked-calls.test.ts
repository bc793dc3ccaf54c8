import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { Connector, Link, ProbeFinding, WriteItem } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import { filterBody } from "../../../src-shared/domain/ownership.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";
import { startZoho, type ZohoStage } from "../../builders/zoho-subject.ts";

/** An org that takes no fields of ours on calls: the key stands in the description. */
let zoho: ZohoStage;
let http: Http;
let session: UnpacedSession;
let connector: Connector;

beforeEach(async () => {
  zoho = await startZoho("description");
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: zoho.baseUrl });
  connector = await connect();
});
afterEach(async () => {
  await http.close();
  await zoho.close();
});

async function connect(): Promise<Connector> {
  const account = await zoho.open().check(session);
  if (!account.ok) throw new Error(JSON.stringify(account.fault));
  return zoho.open({ account: account.value });
}

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;
const startOf = (call: number): number => Date.UTC(2026, 5, 1, 9, 0, 0) + call * 30 * 60_000;

function item(call: number, facts: Record<string, string> = {}, links: readonly Link[] = []): WriteItem {
  const { contract } = zoho;
  const known = {
    key: keyOf(call),
    system: "pbx",
    direction: "inbound",
    status: "answered",
    startedAt: String(startOf(call)),
    durationSeconds: "183",
    ...facts,
  };
  const wanted = valuesOf(contract.objects["Calls"]?.fields ?? {}, known);
  const { body } = filterBody({ contract, object: "Calls", operation: "create", wanted });
  return { key: keyOf(call), operation: "create", body, remoteId: null, links };
}

const records = () => zoho.admin.records("Calls");
const faultOf = async (each: WriteItem) => (await connector.write(session, [each])).get(each.key)?.fault;
async function find(
  keys: readonly string[],
  sinceMs: number,
  ids: Readonly<Record<string, string>> = {},
  reader: Connector = connector,
): Promise<ReadonlyMap<string, ProbeFinding>> {
  const found = await reader.probe(session, keys, sinceMs, new Map(Object.entries(ids)));
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value;
}

describe("setting up", () => {
  test("makes nothing, and needs a description that may be written", async () => {
    expect(await zoho.open().setup(session)).toEqual({ ok: true, value: { created: [], found: ["Description"] } });
    for (const [access, words] of [
      ["read", "cannot be written"],
      ["none", "is hidden"],
    ]) {
      await zoho.admin.configure({ fieldPermissions: { Calls: { Description: access } } });
      expect(await zoho.open().setup(session)).toMatchObject({
        fault: { reason: "setup_missing", answer: { message: expect.stringContaining(words ?? "") } },
      });
    }
  });

  test("an org that takes fields is asked for one, one that does not names the other way", async () => {
    const field = { settings: {} };
    expect(await zoho.open(field).setup(session)).toMatchObject({
      ok: true,
      value: { created: [], instead: { settings: { keyIn: "description" } } },
    });
    await zoho.admin.configure({ fieldsOnCalls: true });
    const made = await zoho.open(field).setup(session);
    expect(made).toMatchObject({ ok: true, value: { created: expect.arrayContaining(["Call_Sync_Key"]) } });
    expect(made).not.toHaveProperty("value.instead");
  });

  test("Zoho refuses no second record, so that missing is read twice", () => {
    expect(connector.limits.hasUniqueKey).toBe(false);
  });
});

describe("a first write", () => {
  test("puts the key to the end of the description, with the exact length", async () => {
    expect(await faultOf(item(1))).toBe(null);
    expect(await records()).toMatchObject([
      { Description: `Logged by CallLedger from pbx, 183 seconds. [ref:${keyOf(1)}]`, Call_Duration: "00:04" },
    ]);
  });

  test("finds what another folder wrote long ago, by the time of the call", async () => {
    await connector.write(session, [item(1), item(2), item(3)]);
    connector = await connect();
    const outcomes = await connector.write(session, [item(1), item(4), item(3)]);
    expect([...outcomes].map(([key, { fault }]) => [key, fault?.kind ?? null])).toEqual([
      [keyOf(1), "already_written"],
      [keyOf(3), "already_written"],
      [keyOf(4), null],
    ]);
    // Read by key afterwards, although none of it was written lately.
    const found = await find([keyOf(1), keyOf(3)], Date.now() + 86_400_000);
    expect([...found.values()].map(({ kind }) => kind)).toEqual(["found", "found"]);
  });

  test("looks at more calls of one time than fit on a page", async () => {
    const at = (index: number) => new Date(startOf(1) + (index % 60) * 1_000).toISOString().replace(".000Z", "+00:00");
    for (let index = 0; index < 205; index += 1)
      await zoho.admin.create("Calls", {
        Subject: `By hand ${index}`,
        Call_Type: "Inbound",
        Call_Start_Time: at(index),
        Call_Duration: "00:01",
        ...(index === 204 ? { Description: `Moved by hand [ref:${keyOf(1)}]` } : {}),
      });
    expect(await faultOf(item(1))).toMatchObject({ kind: "already_written" });
  });

  test("of a call that may be there without its key is a person's to decide", async () => {
    const person = await zoho.addPerson("+442079460958");
    await connector.write(session, [item(1, {}, [person])]);
    const [record] = await records();
    await zoho.admin.update("Calls", String(record?.["id"]), { Description: "Rewritten by an automation" });
    connector = await connect();
    expect(await faultOf(item(1, {}, [person]))).toMatchObject({ kind: "rejected", reason: "outcome_unknown" });
    expect(await records()).toHaveLength(1);
    // Another subject, other people or another second: another call.
    expect(await faultOf(item(1))).toBe(null);
    expect(await faultOf({ ...item(1, { status: "missed", key: keyOf(2) }, [person]), key: keyOf(2) })).toBe(null);
    expect(
      await faultOf({ ...item(1, { startedAt: String(startOf(1) + 1_000), key: keyOf(3) }, [person]), key: keyOf(3) }),
    ).toBe(null);
  });

  test("without the start of the call, or without the key in its text, is refused as the contract's fault", async () => {
    const whole = item(1);
    const without = (field: string) => ({
      ...whole,
      body: Object.fromEntries(Object.entries(whole.body ?? {}).filter(([name]) => name !== field)),
    });
    for (const field of ["Call_Start_Time", "Description"])
      expect(await faultOf(without(field) as WriteItem)).toMatchObject({ reason: "mapping_error", field });
    expect(await records()).toEqual([]);
  });

  test("stops everything where the org does not keep the description", async () => {
    await find([keyOf(1)], 0);
    await zoho.admin.configure({ removedFields: { Calls: ["Description"] } });
    await connector.write(session, [item(1)]);
    expect(await faultOf(item(2))).toMatchObject({ kind: "blocked", reason: "setup_missing" });
    expect(await records()).toHaveLength(1);
  });
});

describe("reading by key", () => {
  test("finds what was written since the send, in the form in which it was written", async () => {
    const before = Date.now();
    await connector.write(session, [item(1)]);
    expect((await find([keyOf(1), keyOf(2)], before)).get(keyOf(1))).toMatchObject({
      kind: "found",
      fields: { Call_Duration: "00:04", Call_Start_Time: "2026-06-01T09:30:00Z" },
    });
    expect((await find([keyOf(2)], before)).get(keyOf(2))).toEqual({ kind: "missing" });
  });

  test("tells the length in hours and minutes, whichever form the org has", async () => {
    await zoho.admin.configure({ callDurationUnit: "mm:ss" });
    const before = Date.now();
    await connector.write(session, [item(1), item(2, { status: "missed", durationSeconds: "0" })]);
    expect((await records()).map((record) => record["Call_Duration"])).toEqual(["04:00", null]);
    const found = await find([keyOf(1), keyOf(2)], before);
    expect(found.get(keyOf(1))).toMatchObject({ fields: { Call_Duration: "00:04" } });
    // A missed call has none: nothing is told of it, so nothing is taken for an edit.
    expect(found.get(keyOf(2))).not.toHaveProperty("fields.Call_Duration");
  });

  test("finds a record whose id is known, whenever it was written and whatever became of its text", async () => {
    await connector.write(session, [item(1), item(2)]);
    const [first, second] = (await records()).map((record) => String(record["id"]));
    await zoho.admin.update("Calls", first ?? "", { Description: "A note of somebody" });
    await zoho.admin.remove("Calls", second ?? "");
    const later = Date.now() + 86_400_000;
    const found = await find([keyOf(1), keyOf(2)], later, { [keyOf(1)]: first ?? "", [keyOf(2)]: second ?? "" });
    expect(found.get(keyOf(1))).toMatchObject({ kind: "found", remoteId: first });
    expect(found.get(keyOf(2))).toEqual({ kind: "missing" });
  });

  test("is unclear where several calls carry the key", async () => {
    const before = Date.now();
    await connector.write(session, [item(1)]);
    await zoho.admin.create("Calls", {
      Subject: "A copy",
      Call_Type: "Inbound",
      Call_Start_Time: "2026-06-01T09:30:00+00:00",
      Call_Duration: "00:04",
      Description: `Copied. [ref:${keyOf(1)}]`,
    });
    expect((await find([keyOf(1)], before)).get(keyOf(1))).toMatchObject({ kind: "unclear" });
    const found = await find([keyOf(1)], before, {}, await connect());
    expect(found.get(keyOf(1))).toMatchObject({ kind: "unclear" });
  });

  test("a list that fails teaches nothing", async () => {
    await zoho.admin.faults([
      { match: { path: "/crm/v8/coql" }, kind: "status", status: 503, body: "<html>busy</html>" },
    ]);
    expect(await connector.probe(session, [keyOf(1)], 0)).toMatchObject({ ok: false });
    await zoho.admin.faults();
    await connector.write(session, [item(1)]);
    await zoho.admin.faults([
      { match: { method: "GET", path: "/crm/v8/Calls" }, kind: "status", status: 503, body: "<html>busy</html>" },
    ]);
    expect(await connector.probe(session, [keyOf(1)], Date.now() - 60_000)).toMatchObject({ ok: false });
  });
});
