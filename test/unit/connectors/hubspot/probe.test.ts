import { describe, expect, test } from "vitest";
import { createHubspotConnector } from "../../../../src-main/connectors/hubspot/connector.ts";
import type { CrmRequest } from "../../../../src-main/engine/ports/connector.ts";
import { readHubspotContract, testClock } from "../../../builders/hubspot-subject.ts";
import { createScriptedSession, type ScriptedAnswer } from "../../../builders/scripted-session.ts";

const connector = () =>
  createHubspotConnector({
    credential: () => Promise.resolve({ ok: true, value: { token: "pat-na1-test" } }),
    settings: {},
    contract: readHubspotContract(),
    account: null,
    clock: testClock,
  });

const envelope = (category: string) => ({ status: "error", message: category, category });
const found = (...results: readonly (readonly [string, Record<string, string | null>])[]): ScriptedAnswer => ({
  status: results.length === 0 ? 207 : 200,
  body: {
    status: "COMPLETE",
    results: results.map(([id, properties]) => ({ id, properties })),
    errors: [envelope("OBJECT_NOT_FOUND")],
  },
});
const isDeletedRead = ({ path }: CrmRequest): boolean => path.includes("archived=true");

describe("a read by key", () => {
  test("gives the contract's fields in the form in which we write them; empty ones are null", async () => {
    const session = createScriptedSession(() =>
      found([
        "9",
        {
          callledger_key: "k1",
          hs_timestamp: "2026-11-20T09:15:00Z",
          hs_call_duration: "183000.0",
          hs_call_title: "",
          other: "x",
        },
      ]),
    );
    const result = await connector().probe(session, ["k1"], 0);
    if (!result.ok) throw new Error("the probe failed");
    const finding = result.value.get("k1");
    if (finding?.kind !== "found") throw new Error("not found");
    expect(finding.remoteId).toBe("9");
    expect(finding.fields).toMatchObject({
      callledger_key: "k1",
      hs_timestamp: "2026-11-20T09:15:00.000Z",
      hs_call_duration: "183000",
      hs_call_title: null,
      hs_call_body: null,
    });
    expect(finding.fields).not.toHaveProperty("other");
    expect(session.sent).toHaveLength(1);
    expect(session.sent[0]).toMatchObject({
      intents: [],
      body: { idProperty: "callledger_key", inputs: [{ id: "k1" }] },
    });
  });

  test("asks for at most a hundred keys at once, and answers every key once", async () => {
    const keys = Array.from({ length: 150 }, (_, index) => `k${index}`);
    const session = createScriptedSession(() => found());
    const result = await connector().probe(session, [...keys, "k1"], 0);
    if (!result.ok) throw new Error("the probe failed");
    expect([...result.value.keys()].toSorted()).toEqual(keys.toSorted());
    const sizes = session.sent.map(({ body }) => (body as { inputs: unknown[] }).inputs.length);
    expect(sizes).toEqual([100, 100, 50, 50]);
  });

  test("finds a deleted record among the deleted ones", async () => {
    const session = createScriptedSession((request) =>
      isDeletedRead(request) ? found(["9", { callledger_key: "k1" }]) : found(),
    );
    expect(await connector().probe(session, ["k1", "k2"], 0)).toEqual({
      ok: true,
      value: new Map([
        ["k1", { kind: "deleted", remoteId: "9" }],
        ["k2", { kind: "missing" }],
      ]),
    });
  });

  test("looks for deleted records one by one where HubSpot does not take the batch", async () => {
    const session = createScriptedSession((request) => {
      if (request.method === "GET")
        return request.path.includes("/k1?")
          ? { status: 200, body: { id: "9", properties: { callledger_key: "k1" } } }
          : { status: 404, body: envelope("OBJECT_NOT_FOUND") };
      return isDeletedRead(request) ? { status: 400, body: envelope("VALIDATION_ERROR") } : found();
    });
    const result = await connector().probe(session, ["k1", "k2"], 0);
    expect(result).toMatchObject({ ok: true });
    if (result.ok) expect([...result.value.values()].map(({ kind }) => kind)).toEqual(["deleted", "missing"]);
  });

  test("of which HubSpot finds nothing at all is a missing, not a fault", async () => {
    const session = createScriptedSession((request) =>
      isDeletedRead(request) ? found() : { status: 404, body: envelope("OBJECT_NOT_FOUND") },
    );
    expect(await connector().probe(session, ["k1"], 0)).toEqual({
      ok: true,
      value: new Map([["k1", { kind: "missing" }]]),
    });
  });

  test("is unclear where several records have the key", async () => {
    const session = createScriptedSession(() =>
      found(["8", { callledger_key: "k1" }], ["9", { callledger_key: "k1" }]),
    );
    const result = await connector().probe(session, ["k1"], 0);
    expect(result.ok && result.value.get("k1")).toEqual({
      kind: "unclear",
      detail: expect.stringContaining("8, 9") as string,
      remoteIds: ["8", "9"],
    });
  });

  test("ignores records with keys that nobody asked for", async () => {
    const session = createScriptedSession((request) =>
      isDeletedRead(request) ? found() : found(["8", { callledger_key: "k9" }], ["9", {}]),
    );
    expect(await connector().probe(session, ["k1"], 0)).toEqual({
      ok: true,
      value: new Map([["k1", { kind: "missing" }]]),
    });
  });

  test.each([
    ["a lost answer", { kind: "lost", detail: "reset" } as const, "transient"],
    ["no connection", { kind: "never_left", detail: "refused" } as const, "transient"],
    ["no budget", { kind: "paced", waitMs: 5, window: "day" } as const, "paced"],
    ["a server error", { status: 500 }, "transient"],
    ["an answer that is cut", { status: 200, body: '{"results":[' }, "transient"],
    [
      "a key property that is gone",
      {
        status: 400,
        body: {
          ...envelope("VALIDATION_ERROR"),
          errors: [{ message: "m", code: "PROPERTY_DOESNT_EXIST", context: { propertyName: ["callledger_key"] } }],
        },
      },
      "blocked",
    ],
    ["a limit", { status: 429, body: envelope("RATE_LIMITS") }, "rate_limited"],
  ])("learns nothing from %s, the first or the second time", async (_name, answer, kind) => {
    const first = await connector().probe(
      createScriptedSession(() => answer),
      ["k1"],
      0,
    );
    expect(first).toMatchObject({ ok: false, fault: { kind } });
    const second = createScriptedSession((request) => (isDeletedRead(request) ? answer : found()));
    expect(await connector().probe(second, ["k1"], 0)).toMatchObject({ ok: false, fault: { kind } });
  });
});
